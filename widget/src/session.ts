/** Keeps the session token: written only after consent, ended by 'end' and 'delete'. No transcript is ever stored. */

export type StorageKind = "local" | "session";

/** Reads and writes a browser storage that may be forbidden (private mode, sandbox): then memory serves this page. */
export class Session {
  private memory: string | null = null;
  private readonly key: string;
  private readonly openKey: string;

  constructor(endpoint: string, private readonly kind: StorageKind) {
    this.key = `career-chat:${endpoint}`;
    this.openKey = `${this.key}:open`;
  }

  private storage(): Storage | null {
    try {
      return this.kind === "session" ? window.sessionStorage : window.localStorage;
    } catch {
      return null;
    }
  }

  get token(): string | null {
    try {
      return this.storage()?.getItem(this.key) ?? this.memory;
    } catch {
      return this.memory;
    }
  }

  set token(value: string | null) {
    this.memory = value;
    try {
      if (value === null) this.storage()?.removeItem(this.key);
      else this.storage()?.setItem(this.key, value);
    } catch {
      // The token then lives as long as the page: said in docs/embed.md.
    }
  }

  /** Whether the pane was open on the page before this one, in this tab. */
  get wasOpen(): boolean {
    try {
      return this.token !== null && window.sessionStorage.getItem(this.openKey) === "1";
    } catch {
      return false;
    }
  }

  set wasOpen(open: boolean) {
    try {
      if (open && this.token) window.sessionStorage.setItem(this.openKey, "1");
      else window.sessionStorage.removeItem(this.openKey);
    } catch {
      // Only a convenience: the next page starts with the pane closed.
    }
  }

  /** Whether a storage event of another tab is about this token. */
  concerns(event: StorageEvent): boolean {
    return event.key === this.key || event.key === null;
  }
}

/** A random UUID; pages without HTTPS have no `crypto.randomUUID`. */
export function uuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
