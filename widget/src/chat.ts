/** <career-chat>: the button, the pane, and what a person does in it. */

import { html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { Api, ApiError, type ChatEvent, type Choice, type Config, type LineCode } from "./api";
import { resultCard } from "./card";
import { Conversation, shows, type Outgoing } from "./conversation";
import { EnterGuard } from "./ime";
import { markup, numbersOf } from "./markup";
import { Session, uuid, type StorageKind } from "./session";
import { Stream } from "./stream";
import { styles } from "./styles";
import { fill, textsFor, type Texts } from "./texts";

const DEFAULT_LIMIT = 2000;
/** From this share of the limit on, the count of characters is shown. */
const COUNT_FROM = 0.8;
const RESEND_WAITS_MS = [1000, 3000, 8000];
const TYPING_EVERY_MS = 3000;
/** A 'typing' sign without news is taken down after this. */
const TYPING_LASTS_MS = 8000;
/** What a row of one line takes up: a mere 'noted' may scroll away, so that what is asked next is seen whole. */
const ONE_LINE_PX = 64;
const SCALE = [1, 2, 3, 4, 5] as const;

type Sheet = "" | "end" | "delete" | "rate" | "done" | "line";

const icon = (path: string) =>
  html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${svg`<path d=${path} />`}</svg>`;
const ICONS = {
  chat: "M20 12a8 8 0 0 1-11.6 7.1L4 20.5l1.4-4.2A8 8 0 1 1 20 12ZM9 11h.01M12 11h.01M15 11h.01",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M12 5h.01M12 12h.01M12 19h.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",
  send: "M4 12l16-7-5 15-3.5-6.5L4 12Z",
  down: "M12 5v14M5.5 12.5L12 19l6.5-6.5",
  sign: "M12 21V3M6 5h10l3 2.5L16 10H6ZM18 12.5H8L5 15l3 2.5h10Z",
  star: "M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8Z",
};

export class CareerChat extends LitElement {
  static override styles = styles;
  static override properties = {
    endpoint: { type: String },
    lang: { type: String },
    position: { type: String, reflect: true },
    storage: { type: String },
    accent: { type: String },
    theme: { type: String, reflect: true },
    open: { type: Boolean, reflect: true },
  };

  declare endpoint: string;
  declare lang: string;
  declare position: string;
  declare storage: string;
  declare accent: string;
  declare theme: string;
  declare open: boolean;

  private texts: Texts = textsFor("ja");
  private config: Config | null = null;
  private session!: Session;
  private api!: Api;
  private stream: Stream | null = null;
  private talk = new Conversation();
  private readonly enter = new EnterGuard();
  private connected = true;
  private busy = false;
  private notice = "";
  private sheet: Sheet = "";
  private menuOpen = false;
  /** What goes to LINE; null while the conversation is linked. */
  private lineCode: LineCode | null = null;
  private unread = 0;
  private score = 0;
  /** What stands in the field: closing the pane or a question in its place does not lose it. */
  private draft = "";
  private sending: Promise<void> = Promise.resolve();
  private lastTyping = 0;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private nearEnd = true;
  /** The person has scrolled up from the end; `fresh`: and something was said since. */
  private away = false;
  private fresh = false;
  private modalQuery = window.matchMedia("(max-width: 520px)");
  private darkQuery = window.matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    super();
    this.endpoint = window.location.origin;
    this.lang = "ja";
    this.position = "right";
    this.storage = "local";
    this.accent = "";
    this.theme = "light";
    this.open = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.endpoint = this.endpoint.replace(/\/+$/, "");
    this.session = new Session(this.endpoint, this.storage === "session" ? "session" : ("local" as StorageKind));
    this.api = new Api(this.endpoint, () => this.session.token);
    this.texts = textsFor(this.lang);
    if (this.theme === "auto") {
      this.followTheme();
      this.darkQuery.addEventListener("change", this.followTheme);
    }
    if (this.accent) this.style.setProperty("--career-chat-accent", this.accent);
    window.addEventListener("online", this.backOnline);
    window.addEventListener("offline", this.repaint);
    window.addEventListener("storage", this.elsewhere);
    document.addEventListener("visibilitychange", this.wake);
    if (this.open || this.session.wasOpen) void this.show(false);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stream?.stop();
    this.stream = null;
    this.darkQuery.removeEventListener("change", this.followTheme);
    window.removeEventListener("online", this.backOnline);
    window.removeEventListener("offline", this.repaint);
    window.removeEventListener("storage", this.elsewhere);
    document.removeEventListener("visibilitychange", this.wake);
  }

  private readonly followTheme = () => {
    this.theme = this.darkQuery.matches ? "dark" : "light";
  };

  private readonly repaint = () => this.requestUpdate();

  private readonly wake = () => {
    if (!document.hidden) this.stream?.nudge();
    this.requestUpdate();
  };

  /** What did not get through goes out by itself; what the desk refused waits for the person. */
  private readonly backOnline = () => {
    for (const sent of this.talk.outgoing) if (sent.state === "failed" && !sent.error) this.resend(sent);
    this.wake();
  };

  /** Another tab ended or deleted the conversation, or began one. */
  private readonly elsewhere = (event: StorageEvent) => {
    if (!this.session.concerns(event)) return;
    this.disconnect();
    this.talk = new Conversation();
    this.sheet = "";
    if (this.session.token && this.open) this.connect();
    this.requestUpdate();
  };

  // --- opening and closing ------------------------------------------------------------------------------------

  /** Opens the pane; nothing is fetched or stored before this. */
  async show(focus = true): Promise<void> {
    this.open = true;
    this.unread = 0;
    this.session.wasOpen = true;
    if (this.session.token) this.connect();
    if (!this.config) await this.loadConfig();
    await this.updateComplete;
    if (focus) this.focusFirst();
  }

  /** Opens the pane with a question in the field, for a site's own buttons; the person still agrees and sends. */
  async ask(question: string): Promise<void> {
    this.draft = question;
    this.requestUpdate();
    await this.show();
  }

  /** Closes the pane; an open conversation goes on and counts what comes in. */
  hide(): void {
    this.open = false;
    this.menuOpen = false;
    this.session.wasOpen = false;
    void this.updateComplete.then(() => this.find<HTMLButtonElement>(".launcher")?.focus());
  }

  private async loadConfig(): Promise<void> {
    this.notice = "";
    this.requestUpdate();
    try {
      this.config = await this.api.config();
      this.texts = textsFor(this.lang, this.lang.startsWith("ja") ? this.config.texts : {});
    } catch (error) {
      this.notice = this.sentence(error);
    }
    this.requestUpdate();
  }

  private connect(): void {
    this.stream ??= new Stream(
      this.api,
      {
        event: (event) => this.receive(event),
        connected: (up) => {
          this.connected = up;
          this.requestUpdate();
        },
        ended: () => this.expire(),
      },
      () => this.talk.lastSeq,
    );
    this.stream.start();
  }

  private disconnect(): void {
    this.stream?.stop();
    this.stream = null;
    this.connected = true;
  }

  private expire(): void {
    this.session.token = null;
    this.disconnect();
    this.talk = new Conversation();
    this.notice = this.texts.sessionEnded;
    this.requestUpdate();
  }

  private async agree(): Promise<void> {
    if (!this.config || this.busy) return;
    this.busy = true;
    this.notice = "";
    this.requestUpdate();
    try {
      this.session.token = (await this.api.open(this.config.consent.version)).token;
      this.session.wasOpen = true;
      this.talk = new Conversation();
      this.connect();
    } catch (error) {
      this.notice = this.sentence(error);
    }
    this.busy = false;
    this.requestUpdate();
    await this.updateComplete;
    this.focusFirst();
  }

  // --- talking ------------------------------------------------------------------------------------------------

  private receive(event: ChatEvent): void {
    if (!this.talk.take(event)) return;
    if (event.type === "typing") {
      clearTimeout(this.typingTimer);
      this.typingTimer = setTimeout(() => {
        this.talk.typing = "";
        this.requestUpdate();
      }, TYPING_LASTS_MS);
    }
    if (shows(event) && event.from !== "user") {
      if (!this.open) this.unread += 1;
      else if (this.away) this.fresh = true;
    }
    if (event.type === "status" && this.talk.over && this.sheet === "") this.sheet = "rate";
    // Linked or parted elsewhere meanwhile: what was said about it stands in the conversation.
    if (this.sheet === "line" && event.from === "system") this.sheet = "";
    this.requestUpdate();
  }

  private get limit(): number {
    return this.config?.limits?.text ?? DEFAULT_LIMIT;
  }

  private submit(event?: Event): void {
    event?.preventDefault();
    const field = this.find<HTMLTextAreaElement>("textarea");
    const text = field?.value.trim() ?? "";
    if (!field || text === "") return;
    if (text.length > this.limit) {
      this.notice = fill(this.texts.tooLong, { max: this.limit });
      this.requestUpdate();
      return;
    }
    this.draft = "";
    this.queue({ id: uuid(), text, state: "sending", at: new Date().toISOString() });
    field.focus();
  }

  private choose(choice: Choice): void {
    this.queue({ id: uuid(), text: choice.title, choice: choice.id, state: "sending", at: new Date().toISOString() });
    if (!this.modalQuery.matches) this.find<HTMLTextAreaElement>("textarea")?.focus();
  }

  /** Messages go out one after the other, so that they arrive in the order in which they were written. */
  private queue(message: Outgoing): void {
    this.notice = "";
    this.nearEnd = true;
    this.talk.outgoing = [...this.talk.outgoing.filter((sent) => sent.id !== message.id), message];
    this.requestUpdate();
    this.sending = this.sending.then(() => this.deliver(message));
  }

  private async deliver(message: Outgoing): Promise<void> {
    const talk = this.talk;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const body = message.choice === undefined ? { text: message.text } : { choice: message.choice };
        talk.accepted(message.id, await this.api.send({ id: message.id, ...body }));
        break;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.sessionEnded) return this.expire();
        const pause = RESEND_WAITS_MS[attempt];
        if (!error.temporary || pause === undefined || talk !== this.talk) {
          // The status line says that we are offline; here it is only said what became of this message.
          talk.failed(message.id, error.status === 0 ? "" : this.sentence(error));
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, Math.max(pause, error.retryAfter * 1000)));
      }
    }
    this.requestUpdate();
  }

  private resend(message: Outgoing): void {
    this.queue({ ...message, state: "sending" });
  }

  private typed(event: Event): void {
    const field = event.target as HTMLTextAreaElement;
    this.draft = field.value;
    this.fit(field);
    this.requestUpdate();
    const now = Date.now();
    if (!this.talk.withAdviser || now - this.lastTyping < TYPING_EVERY_MS) return;
    this.lastTyping = now;
    this.api.call("POST", "/typing", { typing: true }).catch(() => undefined); // only a hint: the next key tries again
  }

  private keydown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || this.enter.belongsToInput(event)) return;
    if (window.matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.submit();
  }

  private fit(field: HTMLTextAreaElement): void {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 3, 132)}px`;
  }

  // --- the menu -----------------------------------------------------------------------------------------------

  /** Runs a call that the person asked for; a failure is said in the status line. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    const held = this.shadowRoot?.activeElement !== null;
    this.menuOpen = false;
    this.busy = true;
    this.notice = "";
    this.requestUpdate();
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiError && error.sessionEnded) this.expire();
      this.notice = this.sentence(error);
    }
    this.busy = false;
    this.requestUpdate();
    await this.updateComplete;
    // A button that had to wait has lost the keyboard's place, too.
    if (held && document.activeElement === document.body) this.focusFirst();
  }

  private human = () =>
    this.attempt(async () => {
      await this.api.call("POST", "/human", {});
      this.nearEnd = true;
    });

  private stopWaiting = () =>
    this.attempt(async () => {
      await this.api.call("DELETE", "/human");
      this.nearEnd = true;
    });

  private end = () =>
    this.attempt(async () => {
      await this.api.call("POST", "/end", {});
      this.draft = "";
      this.sheet = "rate";
    });

  private erase = () =>
    this.attempt(async () => {
      await this.api.call("DELETE", "/data");
      this.forget();
      this.draft = "";
      this.notice = this.texts.deleted;
    });

  private line = () =>
    this.attempt(async () => {
      this.lineCode = (await this.api.lineLinked()) ? null : await this.api.lineCode();
      this.sheet = "line";
    });

  private unlinkLine = () =>
    this.attempt(async () => {
      await this.api.call("DELETE", "/line");
      this.sheet = "";
    });

  private rate = () =>
    this.attempt(async () => {
      const comment = this.find<HTMLTextAreaElement>(".rating textarea")?.value.trim();
      await this.api.call("POST", "/rating", { score: this.score, ...(comment ? { comment } : {}) });
      this.sheet = "done";
    });

  private save = (path: string, name: string) =>
    this.attempt(async () => {
      const address = URL.createObjectURL(await this.api.blob(path));
      const anchor = document.createElement("a");
      anchor.href = address;
      anchor.download = name;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    });

  private forget(): void {
    this.session.wasOpen = false;
    this.session.token = null;
    this.disconnect();
    this.talk = new Conversation();
    this.sheet = "";
    this.score = 0;
  }

  private startAgain(): void {
    this.forget();
    this.notice = "";
    this.requestUpdate();
  }

  private sentence(error: unknown): string {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0) return navigator.onLine ? this.texts.serverError : this.texts.offline;
    if (error.message && this.lang.startsWith("ja")) return error.message;
    if (error.status === 429) return this.texts.tooFast;
    return this.texts.serverError;
  }

  // --- keyboard and focus -------------------------------------------------------------------------------------

  private find<T extends Element>(selector: string): T | null {
    return this.renderRoot.querySelector<T>(selector);
  }

  private focusFirst(): void {
    // What has to be read first is not skipped, and a phone's keyboard hides what has just been said.
    const field = this.modalQuery.matches ? null : this.find<HTMLElement>("form textarea");
    (field ?? this.find<HTMLElement>(".pane"))?.focus({ preventScroll: true });
  }

  private paneKeydown(event: KeyboardEvent): void {
    if (event.key === "Escape" && !this.enter.belongsToInput(event)) {
      event.stopPropagation();
      if (this.menuOpen) {
        this.menuOpen = false;
        this.find<HTMLElement>(".more")?.focus();
      } else if (this.sheet === "end" || this.sheet === "delete" || this.sheet === "line") this.sheet = "";
      else this.hide();
      this.requestUpdate();
    }
    if (event.key === "Tab" && this.modalQuery.matches) this.holdFocus(event);
  }

  /** On a phone the pane covers the page, so focus stays inside it. */
  private holdFocus(event: KeyboardEvent): void {
    const all = [...this.renderRoot.querySelectorAll<HTMLElement>(".pane button:not(:disabled), .pane a[href], .pane textarea")];
    const first = all[0];
    const last = all[all.length - 1];
    const now = this.shadowRoot?.activeElement;
    if (event.shiftKey && (now === first || now === this.find(".pane"))) last?.focus();
    else if (!event.shiftKey && now === last) first?.focus();
    else return;
    event.preventDefault();
  }

  // --- drawing ------------------------------------------------------------------------------------------------

  /** Before drawing: whether the person is reading the end, so that what comes may move the view. */
  protected override willUpdate(): void {
    this.focused = this.shadowRoot?.activeElement ?? null;
    const body = this.find<HTMLElement>(".body");
    if (body) this.nearEnd ||= body.scrollHeight - body.scrollTop - body.clientHeight < 80;
  }

  protected override updated(): void {
    const body = this.find<HTMLElement>(".body");
    const field = this.find<HTMLTextAreaElement>("form textarea");
    if (field && field.value !== this.draft) {
      field.value = this.draft;
      this.fit(field);
    }
    // A button that is gone takes the keyboard's place with it.
    if (this.open && this.focused?.isConnected === false) this.focusFirst();
    if (body && this.nearEnd) this.follow(body);
    this.nearEnd = false;
    this.measure();
  }

  /** What had the focus before drawing. */
  private focused: Element | null = null;
  private shownRows = 0;

  /** Moves to the end; but an answer of the bot that is longer than the view, or a result, is shown from its beginning. */
  private follow(body: HTMLElement): void {
    body.scrollTop = body.scrollHeight;
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>(".log > .row")];
    const last = rows[rows.length - 1];
    // Only once for what has come: whoever goes on to the end stays there.
    const news = rows.length !== this.shownRows;
    this.shownRows = rows.length;
    if (!news || !last || last.classList.contains("user")) return;
    const other = rows.map((row) => row.classList.contains("bot")).lastIndexOf(false);
    const answer = rows.slice(other + 1);
    const lead = answer[0] && last.offsetTop - answer[0].offsetTop > ONE_LINE_PX ? answer[0] : last;
    const first = answer.find((row) => row.querySelector(".card")) ?? lead;
    const above = first.getBoundingClientRect().top - body.getBoundingClientRect().top - 12;
    if (above < 0) body.scrollTop += above;
  }

  /** Whether there is more below than is seen. */
  private readonly measure = () => {
    const body = this.find<HTMLElement>(".body");
    const away = body !== null && body.scrollHeight - body.scrollTop - body.clientHeight > 60;
    if (away === this.away) return;
    this.away = away;
    this.fresh &&= away;
    this.requestUpdate();
  };

  private readonly toEnd = () => {
    const body = this.find<HTMLElement>(".body");
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    body?.scrollTo({ top: body.scrollHeight, behavior: calm ? "auto" : "smooth" });
    this.find<HTMLElement>(".log")?.focus({ preventScroll: true });
  };

  protected override render(): TemplateResult {
    return this.open ? this.renderPane() : this.renderLauncher();
  }

  private renderLauncher(): TemplateResult {
    return html`<button class="launcher" type="button" aria-haspopup="dialog" @click=${() => this.show()}>
      ${icon(ICONS.chat)}<span>${this.texts.launcher}</span>
      ${this.unread ? html`<span class="badge" aria-label=${`${this.texts.newMessages} ${this.unread}`}>${this.unread}</span>` : nothing}
    </button>`;
  }

  private renderPane(): TemplateResult {
    const talking = this.session.token !== null;
    const adviser = this.talk.withAdviser ? this.talk.adviser || this.texts.adviser : "";
    return html`<section class="pane" role="dialog" aria-modal=${this.modalQuery.matches ? "true" : "false"} aria-label=${this.texts.title} tabindex="-1" lang=${this.lang} @keydown=${this.paneKeydown} @click=${this.paneClick}>
      <header>
        <span class="face ${adviser ? "person" : ""}" aria-hidden="true">${adviser ? adviser.slice(0, 1) : icon(ICONS.sign)}</span>
        <div class="who">
          <h2>${adviser || this.texts.title}</h2>
          <p>${adviser ? this.texts.adviserNow : this.talk.state === "queued" ? this.texts.adviserSoon : this.texts.subtitle}</p>
        </div>
        ${
          talking && this.talk.state === "bot"
            ? html`<button class="human" type="button" title=${this.texts.humanLong} ?disabled=${this.busy} @click=${this.human}>${icon(ICONS.person)}${this.texts.human}</button>`
            : nothing
        }
        ${
          talking
            ? html`<button class="more" type="button" aria-label=${this.texts.menu} aria-expanded=${this.menuOpen ? "true" : "false"} @click=${this.toggleMenu}>${icon(ICONS.menu)}</button>`
            : nothing
        }
        <button class="close" type="button" aria-label=${this.texts.close} @click=${this.hide}>${icon(ICONS.close)}</button>
      </header>
      ${this.menuOpen ? this.renderMenu() : nothing} ${talking ? this.renderTalk() : this.renderConsent()}
    </section>`;
  }

  /** A tap beside the menu closes it. */
  private paneClick(event: Event): void {
    const inside = (element: EventTarget) => element instanceof Element && element.matches(".menu, .more");
    if (!this.menuOpen || event.composedPath().some(inside)) return;
    this.menuOpen = false;
    this.requestUpdate();
  }

  private toggleMenu(): void {
    this.menuOpen = !this.menuOpen;
    this.requestUpdate();
    void this.updateComplete.then(() => this.find<HTMLElement>(".menu button")?.focus());
  }

  private renderMenu(): TemplateResult {
    const row = (label: string, act: () => unknown, style = "") =>
      html`<li><button type="button" class=${style} @click=${act}>${label}</button></li>`;
    const ask = (sheet: Sheet) => () => {
      this.sheet = sheet;
      this.menuOpen = false;
      this.requestUpdate();
      void this.updateComplete.then(() => this.find<HTMLElement>(".sheet .primary")?.focus());
    };
    return html`<ul class="menu">
      ${this.config?.line?.available && !this.talk.over ? row(this.texts.line, this.line) : nothing}
      ${row(this.texts.save, () => this.save("/transcript?format=txt", this.texts.saveFile))}
      ${row(this.texts.data, () => this.save("/data", this.texts.dataFile))}
      ${this.talk.over ? nothing : row(this.texts.end, ask("end"))} ${row(this.texts.delete, ask("delete"), "danger")}
    </ul>`;
  }

  private renderConsent(): TemplateResult {
    const consent = this.config?.consent;
    return html`<div class="sheet fill"><div>
      <span class="sign" aria-hidden="true">${icon(ICONS.sign)}</span>
      <h3>${this.texts.consentTitle}</h3>
      ${this.notice ? html`<p class="news" role="alert">${this.notice}</p>` : nothing}
      ${
        consent
          ? html`<p>${consent.text}</p>
              ${consent.url ? html`<p><a href=${new URL(consent.url, `${this.endpoint}/`).href} target="_blank" rel="noopener">${this.texts.consentLink}</a></p>` : nothing}
              <button class="primary" type="button" ?disabled=${this.busy} @click=${this.agree}>${this.texts.consentAgree}</button>
              <button class="second" type="button" @click=${this.hide}>${this.texts.close}</button>`
          : this.notice
            ? html`<button class="primary" type="button" @click=${this.loadConfig}>${this.texts.reload}</button>`
            : html`<p>${this.texts.consentLoad}</p>`
      }
    </div></div>`;
  }

  private renderTalk(): TemplateResult {
    const choices = this.talk.openChoices?.choices ?? [];
    const typing = this.talk.waiting || this.talk.typing !== "";
    return html`<div class="view">
        <div class="body" @scroll=${this.measure}>
          <div class="log" role="log" aria-label=${this.texts.log} aria-live="polite" tabindex="0">
            ${this.renderEvents()} ${this.talk.outgoing.map((sent) => this.renderOutgoing(sent))}
          </div>
          ${typing ? this.renderDots() : nothing} ${this.renderChoices(choices)}
        </div>
        ${
          this.away
            ? html`<button class="down ${this.fresh ? "fresh" : ""}" type="button" aria-label=${this.fresh ? this.texts.newMessages : this.texts.toEnd} @click=${this.toEnd}>${icon(ICONS.down)}${this.fresh ? this.texts.newMessages : nothing}</button>`
            : nothing
        }
      </div>
      ${this.renderStatus()} ${this.renderProgress()} ${this.renderFoot()}`;
  }

  /** Answers of a guided question stand one below the other while they are few, and what steers it comes last. */
  private renderChoices(choices: Choice[]): TemplateResult[] {
    const guided = choices.some((choice) => choice.control);
    const answers = choices.filter((choice) => !choice.control);
    const numbers = numbersOf(this.talk.openChoices);
    // Among numbered answers of a guided question, the one without a number ends the picking.
    const settles = (choice: Choice) => guided && numbers.size > 0 && !choice.control && !numbers.has(choice.title);
    const list = (some: Choice[], kind: string) =>
      html`<ul class="choices ${kind}">
        ${some.map((choice) => html`<li><button type="button" class=${settles(choice) ? "settles" : ""} @click=${() => this.choose(choice)}>${numbers.has(choice.title) ? html`<small>${numbers.get(choice.title)}.</small> ` : nothing}${choice.title}</button></li>`)}
      </ul>`;
    const lists = answers.length ? [list(answers, guided && answers.length <= 5 ? "stack" : "")] : [];
    return guided ? [...lists, list(choices.filter((choice) => choice.control), "quiet")] : lists;
  }

  private renderEvents(): TemplateResult[] {
    const rows: TemplateResult[] = [];
    let day = "";
    let speaker = "";
    const shown = this.talk.events.filter(shows);
    for (const [place, event] of shown.entries()) {
      const now = this.day(event.at);
      if (now !== day) {
        rows.push(html`<p class="day">${now}</p>`);
        speaker = "";
      }
      day = now;
      const who = this.who(event);
      const next = shown[place + 1];
      // One time is enough for what one speaker says in one minute.
      const timed = !next || this.who(next) !== who || this.clock(next.at) !== this.clock(event.at);
      rows.push(this.renderMessage(event, who !== speaker, timed));
      speaker = who;
    }
    return rows;
  }

  private who(event: ChatEvent): string {
    return event.type === "status" ? "" : `${event.from}${event.name ?? ""}`;
  }

  /** The desk's page for leaving a contact is shown as what it is for, not as its long address. */
  private readonly naming = (address: string) =>
    /^https?:\/\/[^/]+\/appointment\//.test(address) ? this.texts.appointment : "";

  private speaker(event: ChatEvent): string {
    if (event.from === "user") return this.texts.you;
    return event.from === "adviser" ? event.name || this.texts.adviser : this.texts.bot;
  }

  private renderMessage(event: ChatEvent, first: boolean, timed: boolean): TemplateResult {
    if (event.type === "status") return html`<div class="row system mark"><div class="bubble">${event.text}</div></div>`;
    const from = event.from ?? "system";
    const named = first && from !== "system";
    // A card says what its text says; the text is for whoever shows no card.
    const text = event.card?.card ? "" : (event.text ?? "");
    return html`<div class="row ${from} ${first ? "first" : ""}">
      ${named ? html`<span class=${from === "user" ? "unseen" : "name"}>${this.speaker(event)}</span>` : nothing}
      ${
        text || event.image
          ? html`<div class="bubble">${from === "user" ? text : markup(text, this.naming, numbersOf(event))}${event.image ? html`<img src=${this.safeAddress(event.image)} alt=${this.texts.image} loading="lazy" />` : nothing}</div>`
          : nothing
      }
      ${event.card ? resultCard(event.card, this.texts, this.save, (address) => this.safeAddress(address)) : nothing}
      ${from === "system" || !timed ? nothing : html`<span class="meta"><time datetime=${event.at ?? ""}>${this.clock(event.at)}</time></span>`}
    </div>`;
  }

  private renderOutgoing(sent: Outgoing): TemplateResult {
    const failed = sent.state === "failed";
    return html`<div class="row user first ${failed ? "" : "pending"}">
      <span class="unseen">${this.texts.you}</span>
      <div class="bubble">${sent.text}</div>
      <span class="meta">
        ${
          failed
            ? html`<span class="failed">${sent.error || this.texts.failed}</span>
                <button type="button" @click=${() => this.resend(sent)}>${this.texts.retry}</button>`
            : sent.state === "sent"
              ? this.texts.sent
              : this.texts.sending
        }
      </span>
    </div>`;
  }

  private renderDots(): TemplateResult {
    const adviser = this.talk.typing === "adviser";
    const label = adviser ? `${this.talk.adviser || this.texts.adviser}${this.texts.typingAdviser}` : this.texts.typingBot;
    return html`<div class="row first ${adviser ? "adviser" : "bot"}">
      <div class="bubble dots" role="img" aria-label=${label}><i></i><i></i><i></i></div>
    </div>`;
  }

  /** What the status line says; `unseen`: only to a screen reader, since the conversation or the header shows it. */
  private status(): { text: string; kind: string } {
    if (!navigator.onLine) return { text: this.texts.offline, kind: "trouble" };
    if (!this.connected) return { text: this.texts.reconnecting, kind: "trouble" };
    if (this.notice) return { text: this.notice, kind: "" };
    const { state, position, said } = this.talk;
    if (state === "queued") {
      const ahead = (position ?? 1) - 1;
      const text = ahead > 0 ? fill(this.texts.queuedPosition, { n: ahead }) : this.texts.queuedNext;
      return { text: position === undefined ? said || this.texts.queued : text, kind: "waiting" };
    }
    if (this.talk.slow) return { text: this.talk.slow, kind: "waiting" };
    if (this.talk.withAdviser) return { text: fill(this.texts.active, { name: this.talk.adviser || this.texts.adviser }), kind: "unseen" };
    if (state === "scheduled") return { text: said || this.texts.scheduled, kind: said ? "unseen" : "" };
    return this.talk.over ? { text: said || this.texts.closed, kind: said ? "unseen" : "" } : { text: "", kind: "" };
  }

  private renderStatus(): TemplateResult {
    const { text, kind } = this.status();
    const queued = this.talk.state === "queued" && kind === "waiting";
    return html`<div class=${queued ? "queue" : "line"}>
      <div class="status ${kind}" role="status" aria-live="polite">${text}</div>
      ${queued ? html`<button type="button" ?disabled=${this.busy} @click=${this.stopWaiting}>${this.texts.stopWaiting}</button>` : nothing}
    </div>`;
  }

  private renderProgress(): TemplateResult | typeof nothing {
    const progress = this.talk.progress;
    if (!progress?.step || this.talk.over) return nothing;
    const label = fill(this.texts.progress, progress);
    return html`<div class="progress"><span>${label}</span><progress max=${progress.of} .value=${progress.step} aria-label=${label}></progress></div>`;
  }

  private renderFoot(): TemplateResult {
    if (this.sheet === "delete") return this.renderQuestion(this.texts.deleteAsk, this.texts.deleteYes, this.erase, true);
    if (this.sheet === "end") return this.renderQuestion(this.texts.endAsk, this.texts.endYes, this.end, false);
    if (this.sheet === "line") return this.renderLine();
    if (this.sheet === "rate") return this.renderRating();
    if (this.sheet === "done" || this.talk.over) return this.renderDone();
    return this.renderComposer();
  }

  private readonly closeSheet = () => {
    this.sheet = "";
    this.requestUpdate();
  };

  private renderQuestion(question: string, yes: string, act: () => unknown, danger: boolean): TemplateResult {
    return html`<div class="sheet foot" role="group" aria-label=${question}>
      <p>${question}</p>
      <button class="primary ${danger ? "danger" : ""}" type="button" ?disabled=${this.busy} @click=${act}>${yes}</button>
      <button class="second" type="button" @click=${this.closeSheet}>${this.texts.no}</button>
    </div>`;
  }

  private renderLine(): TemplateResult {
    const code = this.lineCode;
    return html`<div class="sheet foot line" role="group" aria-label=${this.texts.line}>
      <h3>${this.texts.line}</h3>
      ${
        code
          ? html`<p>${this.texts.lineHow}</p>
              <div class="way">
                ${
                  this.modalQuery.matches
                    ? nothing
                    : html`<svg viewBox="0 0 ${code.qr.size} ${code.qr.size}" role="img" aria-label=${this.texts.lineScan}>${svg`<rect width="100%" height="100%" fill="#fff" /><path d=${code.qr.path} fill="#000" shape-rendering="crispEdges" />`}</svg>`
                }
                <p>${this.modalQuery.matches ? nothing : html`${this.texts.lineScan}<br />`}${fill(this.texts.lineCode, { minutes: code.minutes })}<b>${code.code}</b></p>
              </div>
              <a class="primary" href=${code.url} target="_blank" rel="noopener">${this.texts.lineOpen}</a>`
          : html`<p>${this.texts.lineLinked}</p>
              <button class="primary danger" type="button" ?disabled=${this.busy} @click=${this.unlinkLine}>${this.texts.lineUnlink}</button>`
      }
      <button class="second" type="button" @click=${this.closeSheet}>${this.texts.close}</button>
    </div>`;
  }

  private renderRating(): TemplateResult {
    const labels = this.texts.rateLabels.split("|");
    const pick = (score: number) => () => {
      this.score = score;
      this.requestUpdate();
    };
    return html`<div class="sheet foot rating">
      <h3>${this.texts.rate}</h3>
      <div class="stars" role="group" aria-label=${this.texts.rate}>
        ${SCALE.map(
          (score) =>
            html`<button type="button" class=${score <= this.score ? "lit" : ""} aria-label=${`${score} ${labels[score - 1]}`} aria-pressed=${this.score === score ? "true" : "false"} @click=${pick(score)}>${icon(ICONS.star)}</button>`,
        )}
      </div>
      <p class="said">${labels[this.score - 1] ?? this.texts.rateHint}</p>
      ${this.score ? html`<p><textarea rows="2" maxlength="500" aria-label=${this.texts.rateComment} placeholder=${this.texts.rateComment}></textarea></p>` : nothing}
      <button class="primary" type="button" ?disabled=${!this.score || this.busy} @click=${this.rate}>${this.texts.rateSend}</button>
      <button class="second" type="button" @click=${() => this.startAgain()}>${this.texts.again}</button>
    </div>`;
  }

  private renderDone(): TemplateResult {
    return html`<div class="sheet foot">
      ${this.sheet === "done" ? html`<p>${this.texts.rateThanks}</p>` : nothing}
      <button class="primary" type="button" @click=${() => this.startAgain()}>${this.texts.again}</button>
    </div>`;
  }

  private renderComposer(): TemplateResult {
    const length = this.draft.length;
    const counted = length >= this.limit * COUNT_FROM;
    const over = length > this.limit;
    return html`<form @submit=${this.submit}>
      <div class="field">
        <textarea rows="1" aria-label=${this.texts.placeholder} placeholder=${this.texts.placeholder} enterkeyhint="enter" @input=${this.typed} @keydown=${this.keydown} @compositionend=${(event: Event) => this.enter.ended(event)}></textarea>
        ${counted ? html`<div class="count ${over ? "over" : ""}">${fill(this.texts.count, { n: length, max: this.limit })}</div>` : nothing}
      </div>
      <button class="send" type="submit" aria-label=${this.texts.send}>${icon(ICONS.send)}</button>
    </form>`;
  }

  private safeAddress(address: string): string {
    const url = new URL(address, `${this.endpoint}/`);
    return url.protocol === "https:" || url.origin === new URL(this.endpoint).origin ? url.href : "";
  }

  private clock(at: string | undefined): string {
    return at ? new Date(at).toLocaleTimeString(this.texts.languageTag, { hour: "2-digit", minute: "2-digit" }) : "";
  }

  private day(at: string | undefined): string {
    const then = at ? new Date(at) : new Date();
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / 86_400_000);
    if (days === 0) return this.texts.today;
    if (days === 1) return this.texts.yesterday;
    return then.toLocaleDateString(this.texts.languageTag, { month: "long", day: "numeric", weekday: "short" });
  }
}
