/** The desk's chat API: types of what goes over the wire, and one function a call. */

export interface Choice {
  id: string;
  title: string;
  /** Steers a guided question (skip, back, pause) and does not answer it. */
  control?: boolean;
}

export interface Role {
  job: string;
  score?: number;
  sources?: string[];
}

/** One axis of a result: two poles, a place of -1..1 (null: not known), and the spread around it. */
export interface ChartRow {
  label: string;
  left: string;
  right: string;
  value: number | null;
  low: number | null;
  high: number | null;
}

/** A result card. Shapes are those of bot/payloads.py; the files are added by the desk. */
export interface Card {
  kind?: string;
  title?: string;
  axis?: { value: number | null; coverage: number; band: string };
  roles?: Role[];
  evidence?: { tag: string; words: string; confirmed?: boolean }[];
  counter?: { tag: string; words: string }[];
  chart?: { rows: ChartRow[] };
  card?: {
    headline: string;
    clues: string[];
    cautions: string[];
    sureness: string;
    more?: string[];
    jobs?: string;
    next: string;
    closing?: string[];
  };
  next_step?: string;
  /** Paths of the picture and of the sheet to keep (PDF), fetched with the session's token. */
  image?: string;
  sheet?: string;
  /** The page where the person rewords 自己PR. */
  edit?: string;
}

export interface ChatEvent {
  seq?: number;
  id?: string;
  type: string;
  from?: "user" | "bot" | "adviser" | "system";
  at?: string;
  text?: string;
  choices?: Choice[];
  card?: Card;
  image?: string;
  name?: string;
  state?: string;
  position?: number;
  progress?: { step: number; of: number };
}

export interface Config {
  service?: { name?: string };
  consent: { version: string; text: string; url?: string };
  limits?: { text?: number };
  texts?: Record<string, string>;
  human?: { available?: boolean };
  line?: { available?: boolean };
}

/** What goes to LINE: the code to send there, the address that opens LINE with it, the same as squares. */
export interface LineCode {
  code: string;
  url: string;
  qr: { size: number; path: string };
  minutes: number;
}

/** A refusal by the desk (it has a code and a sentence) or by the network (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later without any change. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Whether the session is over and consent has to be asked anew. */
  get sessionEnded(): boolean {
    return this.status === 401;
  }
}

const TIMEOUT_MS = 20_000;

export class Api {
  constructor(
    readonly endpoint: string,
    private readonly token: () => string | null,
  ) {}

  /** The address of a call; a path that names the API whole (as in a card's links) is taken as it is. */
  url(path: string): string {
    return this.endpoint + (path.startsWith("/api/chat/") ? path : `/api/chat${path}`);
  }

  headers(extra: Record<string, string> = {}): Record<string, string> {
    const token = this.token();
    return token ? { Authorization: `Bearer ${token}`, ...extra } : extra;
  }

  /** Sends one request; resolves with a 2xx answer, rejects with an ApiError. */
  async call(method: string, path: string, body?: unknown): Promise<Response> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    let answer: Response;
    try {
      answer = await fetch(this.url(path), {
        method,
        headers: this.headers(body === undefined ? {} : { "Content-Type": "application/json" }),
        body: body === undefined ? null : JSON.stringify(body),
        credentials: "omit",
        signal: abort.signal,
      });
    } catch {
      throw new ApiError(0, "offline", "");
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok) return answer;
    let code = `http_${answer.status}`;
    let message = "";
    try {
      const said = (await answer.json()) as { code?: string; message?: string };
      code = said.code ?? code;
      message = said.message ?? "";
    } catch {
      // A proxy's error page: the status says enough.
    }
    throw new ApiError(answer.status, code, message, Number(answer.headers.get("Retry-After")) || 0);
  }

  async config(): Promise<Config> {
    return (await (await this.call("GET", "/config")).json()) as Config;
  }

  async open(consentVersion: string): Promise<{ token: string; conversation: string }> {
    const answer = await this.call("POST", "/sessions", { consent: true, consent_version: consentVersion });
    return (await answer.json()) as { token: string; conversation: string };
  }

  async send(message: { id: string; text?: string; choice?: string }): Promise<number> {
    return ((await (await this.call("POST", "/messages", message)).json()) as { seq: number }).seq;
  }

  async lineLinked(): Promise<boolean> {
    return ((await (await this.call("GET", "/line")).json()) as { linked: boolean }).linked;
  }

  async lineCode(): Promise<LineCode> {
    return (await (await this.call("POST", "/line")).json()) as LineCode;
  }

  async blob(path: string): Promise<Blob> {
    return (await this.call("GET", path)).blob();
  }
}
