/** Light markup of bot and adviser texts: paragraphs, lists, bold, links. Built as nodes; HTML in a text stays text. */

import { html, nothing, type TemplateResult } from "lit";
import type { ChatEvent } from "./api";

/** Bold, web links, mail addresses and phone numbers; anything else (javascript:, data:) is never a link. */
const INLINE =
  /\*\*([^*\n]+)\*\*|(https?:\/\/[^\s<>"「」（）、。]+)|([\w.+-]+@[\w-]+\.[\w.-]*\w)|(?<![\d-])(0\d{1,3}-\d{2,4}-\d{3,4}|11[09])(?![\d-])|\[([^\]\n]{1,80})\]\((https:\/\/[^\s)]+|mailto:[^\s)]+|tel:[\d+-]+)\)/g;

/** `110` and `119` are numbers to call only where a call is meant. */
const EMERGENCY = /^11[09]$/;

/** Longer addresses are cut where they are shown. */
const LONGEST_ADDRESS = 40;

/** Names a page of the desk by what it is for ('' where it is any other address). */
export type Naming = (address: string) => string;

function link(href: string, label: string, kind = ""): TemplateResult {
  const outside = href.startsWith("http");
  return html`<a class=${kind || nothing} href=${href} rel="noopener noreferrer nofollow" target=${outside ? "_blank" : nothing}>${label}</a>`;
}

function page(url: string, naming: Naming): TemplateResult {
  const name = naming(url);
  if (name) return link(url, name, "act");
  const shown = url.replace(/^https?:\/\//, "");
  return link(url, shown.length > LONGEST_ADDRESS ? `${shown.slice(0, LONGEST_ADDRESS)}…` : shown);
}

function inline(text: string, naming: Naming): unknown[] {
  const parts: unknown[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, bold, url, mail, phone, label, target] = match;
    if (phone && EMERGENCY.test(phone) && /[\d万円%年件]/.test(text.charAt((match.index ?? 0) + whole.length))) continue;
    parts.push(text.slice(from, match.index));
    if (bold) parts.push(html`<strong>${bold}</strong>`);
    else if (url) parts.push(page(url, naming));
    else if (mail) parts.push(link(`mailto:${mail}`, mail));
    else if (phone) parts.push(link(`tel:${phone.replace(/-/g, "")}`, phone));
    else if (label && target) parts.push(link(target, label));
    from = (match.index ?? 0) + whole.length;
  }
  parts.push(text.slice(from));
  return parts;
}

const BULLET = /^\s*(?:[-*•・]|[–—])\s*/;
const NUMBER = /^\s*(?:(\d{1,2})[.)．）]|[①-⑳])\s*/;

/** An item of a list; a number that was written is kept, since it can be typed as the answer. */
function item(line: string, naming: Naming): TemplateResult {
  const numbered = NUMBER.exec(line);
  const text = numbered ? line.slice(numbered[0].length) : line.replace(BULLET, "");
  return html`<li value=${numbered?.[1] ?? nothing}>${inline(text, naming)}</li>`;
}

/** The numbers that a text gives to its own choices, by their titles. */
export function numbersOf(event: ChatEvent | undefined): Map<string, string> {
  const numbers = new Map<string, string>();
  for (const line of event?.text?.split("\n") ?? []) {
    const [mark = "", number] = NUMBER.exec(line) ?? [];
    const title = line.slice(mark.length).trim();
    if (number && event?.choices?.some((choice) => choice.title === title)) numbers.set(title, number);
  }
  return numbers;
}

/** A text as paragraphs and lists, without what stands on buttons below it. */
export function markup(text: string, naming: Naming, onButtons: Map<string, string>): TemplateResult[] {
  const blocks: TemplateResult[] = [];
  let lines: string[] = [];
  let kind = "";
  const flush = () => {
    const taken = lines;
    if (!taken.length) return;
    if (kind === "ul") blocks.push(html`<ul>${taken.map((line) => item(line, naming))}</ul>`);
    else if (kind === "ol") blocks.push(html`<ol>${taken.map((line) => item(line, naming))}</ol>`);
    else blocks.push(...taken.map((line) => html`<p>${inline(line, naming)}</p>`));
    lines = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const now = BULLET.test(line) ? "ul" : NUMBER.test(line) ? "ol" : line.trim() === "" ? "" : "p";
    if (now !== kind) flush();
    kind = now;
    if (now !== "" && !onButtons.has(line.replace(NUMBER, "").trim())) lines.push(line);
  }
  flush();
  return blocks;
}
