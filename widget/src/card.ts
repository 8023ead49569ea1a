/** Draws the result of the self-analysis: where the person stands, with how much spread, and in their own words. */

import { html, nothing, svg, type TemplateResult } from "lit";
import type { Card, ChartRow } from "./api";
import { fill, type Texts } from "./texts";

const WIDTH = 300;
const EDGE = 9;
const LINE_Y = 11;

/** The place of a value of -1..1 on the line. */
function x(value: number): number {
  const held = Math.max(-1, Math.min(1, value));
  return EDGE + ((held + 1) / 2) * (WIDTH - 2 * EDGE);
}

/** A value this near to zero is the middle. */
const MIDDLE = 0.15;

/** Where the dot stands, in words, for whoever does not see it. */
function place(row: ChartRow, texts: Texts): string {
  if (row.value === null) return texts.axisBlank;
  if (Math.abs(row.value) < MIDDLE) return texts.axisMiddle;
  return fill(texts.axisTowards, { end: row.value < 0 ? row.left : row.right });
}

/** One axis: both poles named, the spread as a band, the place as a dot; no number, since it is no grade. */
function axis(row: ChartRow, main: boolean, texts: Texts): TemplateResult {
  const { value, low, high } = row;
  const line = (from: number, to: number, half: number) =>
    svg`<line class="rule" x1=${from} y1=${LINE_Y - half} x2=${to} y2=${LINE_Y + half} />`;
  return html`<div class="axis ${main ? "main" : ""}">
    ${main ? nothing : html`<b>${row.label}</b>`}
    <div class="poles"><span>${row.left}</span><span>${row.right}</span></div>
    <svg class="chart" viewBox="0 0 ${WIDTH} 22" role="img" aria-label=${`${row.label}: ${place(row, texts)}`}>
      ${line(EDGE, WIDTH - EDGE, 0)}${line(x(0), x(0), 5)}
      ${
        value === null || low === null || high === null
          ? nothing
          : svg`<rect class="spread" x=${x(low)} y=${LINE_Y - 7} width=${Math.max(2, x(high) - x(low))} height="14" rx="7" />`
      }
      ${value === null ? nothing : svg`<circle class="dot" cx=${x(value)} cy=${LINE_Y} r=${main ? 8 : 6} />`}
    </svg>
    ${value === null ? html`<p class="blank" aria-hidden="true">${texts.axisBlank}</p>` : main ? html`<p class="blank" aria-hidden="true">${texts.axisHint}</p>` : nothing}
  </div>`;
}

/** The rows to draw: the desk's, or the one axis that every result has. */
function chartRows(card: Card, texts: Texts): ChartRow[] {
  if (card.chart?.rows.length) return card.chart.rows;
  if (!card.axis) return [];
  const { value, coverage, band } = card.axis;
  const half = 0.15 + 0.45 * (1 - Math.max(0, Math.min(1, coverage)));
  const known = band === "insufficient" ? null : value;
  const centre = value ?? 0;
  return [
    { label: texts.axisLabel, left: texts.axisLeft, right: texts.axisRight, value: known, low: centre - half, high: centre + half },
  ];
}

function bandText(band: string, texts: Texts): string {
  if (band === "clear") return texts.bandClear;
  if (band === "slight") return texts.bandSlight;
  return band === "both" ? texts.bandBoth : texts.bandInsufficient;
}

/** Paragraphs, empty ones left out. */
function lines(rows: (string | undefined)[], kind = ""): TemplateResult[] {
  return rows.filter(Boolean).map((row) => html`<p class=${kind}>${row}</p>`);
}

function list(title: string, rows: string[] | undefined): TemplateResult | typeof nothing {
  if (!rows?.length) return nothing;
  return html`<h4>${title}</h4><ul>${rows.map((row) => html`<li>${row}</li>`)}</ul>`;
}

type Save = (path: string, name: string) => unknown;
/** An address of the desk made whole; empty if it leads elsewhere. */
type Safe = (address: string) => string;

function files(card: Card, texts: Texts, save: Save, safe: Safe): TemplateResult | typeof nothing {
  const file = (path: string | undefined, title: string, name: string) =>
    path ? html`<button class="file" type="button" @click=${() => save(path, name)}>${title}</button>` : nothing;
  if (!card.sheet && !card.image) return nothing;
  return html`<p class="files">
    ${card.edit ? html`<a class="file" href=${safe(card.edit)} target="_blank" rel="noopener">${texts.editSheet}</a>` : nothing}
    ${file(card.sheet, texts.sheetFile, texts.sheetName)} ${file(card.image, texts.chartFile, texts.chartName)}
  </p>`;
}

/** The card of one event; unknown kinds show what they have of these parts. */
export function resultCard(card: Card, texts: Texts, save: Save, safe: Safe): TemplateResult {
  const words = card.card;
  const quotes = (rows: { tag: string; words: string }[] | undefined) => rows?.map((row) => `「${row.words}」`);
  return html`<section class="card" aria-label=${card.title ?? texts.resultTitle}>
    <h3>${words?.headline ?? card.title ?? texts.resultTitle}</h3>
    ${chartRows(card, texts).map((row, number) => axis(row, number === 0, texts))}
    ${card.axis && !words ? html`<p class="band">${bandText(card.axis.band, texts)}</p>` : nothing}
    ${
      card.roles?.length || words?.jobs
        ? html`<h4>${texts.rolesTitle}</h4>
            ${card.roles?.length ? html`<p class="roles">${card.roles.slice(0, 3).map((role) => html`<span class="role">${role.job}</span>`)}</p>` : nothing}
            ${lines([words?.jobs])}`
        : nothing
    }
    ${list(texts.evidenceTitle, words?.clues ?? quotes(card.evidence))}
    ${list(texts.counterTitle, words?.cautions ?? quotes(card.counter))}
    ${words?.sureness ? html`<h4>${texts.surenessTitle}</h4>${lines([words.sureness, ...(words.more ?? [])])}` : nothing}
    ${words?.next || card.next_step ? html`<h4>${texts.nextTitle}</h4><p>${words?.next ?? card.next_step}</p>` : nothing}
    ${lines(words?.closing ?? [], "closing")}
    ${files(card, texts, save, safe)}
  </section>`;
}
