/** Entry: registers <career-chat>, and puts one on the page for a script tag that has data attributes or stands alone. */

import { CareerChat } from "./chat";

const ATTRIBUTES = ["endpoint", "lang", "position", "storage", "accent", "theme", "open"] as const;

function mount(script: HTMLScriptElement | null): void {
  if (script?.dataset["mount"] === "none" || document.querySelector("career-chat")) return;
  const chat = document.createElement("career-chat");
  if (script?.src) chat.setAttribute("endpoint", new URL(script.src).origin);
  for (const name of ATTRIBUTES) {
    const value = script?.dataset[name];
    if (value !== undefined) chat.setAttribute(name, value);
  }
  document.body.append(chat);
}

const script = document.currentScript as HTMLScriptElement | null;
if (!customElements.get("career-chat")) {
  customElements.define("career-chat", CareerChat);
}
if (document.body) mount(script);
else document.addEventListener("DOMContentLoaded", () => mount(script), { once: true });
