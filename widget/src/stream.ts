/** Reads the conversation's events over SSE with fetch (a header carries the token), and never gives up quietly. */

import { Api, ApiError, type ChatEvent } from "./api";

const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 20_000;
/** The desk sends a heartbeat more often than this; silence means a dead connection (sleep, changed network). */
const SILENCE_MS = 45_000;
/** When somebody comes back to the page, a shorter silence is enough to try anew: a heartbeat must have been missed. */
const DOUBTFUL_MS = 20_000;

export interface StreamListener {
  event(event: ChatEvent): void;
  connected(up: boolean): void;
  ended(error: ApiError): void;
}

/** Splits an SSE body into `data:` payloads; keeps what is incomplete for the next chunk. */
export class SseParser {
  private rest = "";

  push(chunk: string): string[] {
    this.rest += chunk;
    const blocks = this.rest.split(/\r?\n\r?\n/);
    this.rest = blocks.pop() ?? "";
    return blocks
      .map((block) =>
        block
          .split(/\r?\n/)
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice(5).replace(/^ /, ""))
          .join("\n"),
      )
      .filter((data) => data !== "");
  }
}

export class Stream {
  private abort: AbortController | null = null;
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private heard = 0;

  constructor(
    private readonly api: Api,
    private readonly listener: StreamListener,
    private readonly after: () => number,
  ) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    void this.connect();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.abort?.abort();
    this.abort = null;
  }

  /** Tries at once, e.g. when the browser says that it is online again or the tab is shown. */
  nudge(): void {
    if (!this.running || (this.abort !== null && Date.now() - this.heard < DOUBTFUL_MS)) return;
    clearTimeout(this.timer);
    this.abort?.abort();
    this.wait = FIRST_WAIT_MS;
    void this.connect();
  }

  private alive(abort: AbortController): void {
    clearTimeout(this.watchdog);
    this.heard = Date.now();
    this.watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
  }

  private async connect(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    try {
      await this.read(abort);
    } catch (error) {
      if (error instanceof ApiError && error.sessionEnded) {
        this.running = false;
        this.listener.ended(error);
      }
    }
    if (this.abort !== abort) return;
    clearTimeout(this.watchdog);
    this.abort = null;
    if (!this.running) return;
    this.listener.connected(false);
    this.timer = setTimeout(() => void this.connect(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  private async read(abort: AbortController): Promise<void> {
    this.alive(abort);
    const after = this.after();
    const answer = await fetch(this.api.url(`/events?after=${after}`), {
      headers: this.api.headers({ Accept: "text/event-stream", "Last-Event-ID": String(after) }),
      credentials: "omit",
      cache: "no-store",
      signal: abort.signal,
    });
    if (!answer.ok || !answer.body) throw new ApiError(answer.status, `http_${answer.status}`, "");
    this.wait = FIRST_WAIT_MS;
    this.listener.connected(true);
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.alive(abort);
      for (const data of parser.push(decoder.decode(value, { stream: true }))) {
        this.listener.event(JSON.parse(data) as ChatEvent);
      }
    }
  }
}
