/** The conversation as this page knows it: events by seq, messages on their way, and who is talking. */

import type { ChatEvent } from "./api";

/** A message that the desk has not yet shown us as an event. */
export interface Outgoing {
  id: string;
  text: string;
  choice?: string;
  state: "sending" | "sent" | "failed";
  seq?: number;
  error?: string;
  at: string;
}

/** Whether an event stands in the conversation: a message, or a change of who is talking that is put into words. */
export function shows(event: ChatEvent): boolean {
  if (event.type === "status") return event.seq !== undefined && Boolean(event.text);
  return event.type === "message" && Boolean(event.text || event.card || event.image);
}

export class Conversation {
  private readonly bySeq = new Map<number, ChatEvent>();
  private sorted: ChatEvent[] = [];
  outgoing: Outgoing[] = [];
  lastSeq = 0;
  state = "bot";
  position: number | undefined;
  /** The desk's own sentence about the state, where it has one. */
  said = "";
  adviser = "";
  typing = "";
  /** The desk's sentence while an answer takes long. */
  slow = "";

  /** Takes in one event; returns whether it was new. The same seq twice (two connections, a resume) counts once. */
  take(event: ChatEvent): boolean {
    if (event.type === "typing") {
      this.typing = event.state === "stop" ? "" : (event.from ?? "");
      return true;
    }
    if (event.seq === undefined) {
      this.follow(event);
      return true;
    }
    if (this.bySeq.has(event.seq)) return false;
    this.bySeq.set(event.seq, event);
    this.sorted = [...this.bySeq.values()].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
    this.lastSeq = Math.max(this.lastSeq, event.seq);
    if (event.from === "user") {
      this.outgoing = this.outgoing.filter((sent) => sent.seq !== event.seq && sent.id !== event.id);
    } else if (event.type === "message") {
      this.typing = "";
      this.slow = "";
    }
    this.follow(event);
    return true;
  }

  private follow(event: ChatEvent): void {
    if (event.from === "adviser" && event.name) this.adviser = event.name;
    if (event.type !== "status" || !event.state) return;
    if (event.state === "waiting") {
      this.slow = event.text ?? "";
      return;
    }
    this.state = event.state;
    this.position = event.position;
    this.said = event.text ?? "";
    if (event.name) this.adviser = event.name;
  }

  /** Marks a message as accepted; it goes once its event has come (which may have been before this answer). */
  accepted(id: string, seq: number): void {
    this.outgoing = this.bySeq.has(seq)
      ? this.outgoing.filter((sent) => sent.id !== id)
      : this.outgoing.map((sent) => (sent.id === id ? { ...sent, state: "sent", seq } : sent));
  }

  failed(id: string, error: string): void {
    this.outgoing = this.outgoing.map((sent) => (sent.id === id ? { ...sent, state: "failed", error } : sent));
  }

  get events(): readonly ChatEvent[] {
    return this.sorted;
  }

  /** The last event that shows something; a progress mark by itself does not. */
  get lastMessage(): ChatEvent | undefined {
    return [...this.sorted].reverse().find(shows);
  }

  /** The choices that may be tapped now: those of the last message, and only if nothing was said since. */
  get openChoices(): ChatEvent | undefined {
    const last = this.lastMessage;
    // While waiting there is one choice, to stop; it stands beside the place in the queue and does not scroll away.
    if (this.state === "queued") return undefined;
    if (this.outgoing.some((sent) => sent.state !== "failed") || this.over) return undefined;
    return last && last.from !== "user" && last.choices?.length ? last : undefined;
  }

  /** Whether the bot owes an answer: the person spoke last and nobody else owns the conversation. */
  get waiting(): boolean {
    if (this.state !== "bot") return false;
    if (this.outgoing.some((sent) => sent.state === "sent")) return true;
    return this.lastMessage?.from === "user";
  }

  /** Whether an adviser reads what is written now; also while they finish up, when the bot is still silent. */
  get withAdviser(): boolean {
    return this.state === "active" || this.state === "wrap_up";
  }

  get over(): boolean {
    return this.state === "closed" || this.state === "abandoned";
  }

  /** The progress of a guided part: said in the latest answer, and kept while the next one is awaited. */
  get progress(): { step: number; of: number } | undefined {
    let answered = false;
    for (const event of [...this.sorted].reverse()) {
      if (event.progress) return event.progress;
      if (event.from === "user" && answered) return undefined;
      answered ||= event.from !== "user" && shows(event);
    }
    return undefined;
  }
}
