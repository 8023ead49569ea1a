/** Draws the result of the self-analysis: where the person stands, with how much spread, and in their own words. */

import { html, nothing, svg, type TemplateResult } from "lit";
import type { Card } from "./api";
import type { Texts } from "./texts";

const WIDTH = 280;
const LEFT = 16;
const RIGHT = WIDTH - LEFT;
const LINE_Y = 34;

/** Half the width of the spread on an axis of -1..1: the fewer answers, the wider. */
function spread(coverage: number): number {
  return 0.15 + 0.45 * (1 - Math.max(0, Math.min(1, coverage)));
}

function x(value: number): number {
  const held = Math.max(-1, Math.min(1, value));
  return LEFT + ((held + 1) / 2) * (RIGHT - LEFT);
}

function chart(axis: NonNullable<Card["axis"]>, texts: Texts): TemplateResult {
  const known = axis.value !== null && axis.band !== "insufficient";
  const value = axis.value ?? 0;
  const half = spread(axis.coverage);
  const from = x(value - half);
  const to = x(value + half);
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} 62" role="img" aria-label=${texts.axisLabel}>
    ${svg`<line class="axis" x1=${LEFT} y1=${LINE_Y} x2=${RIGHT} y2=${LINE_Y} />
      ${[-1, -0.5, 0, 0.5, 1].map((at) => svg`<line class="tick" x1=${x(at)} y1=${LINE_Y - 4} x2=${x(at)} y2=${LINE_Y + 4} />`)}
      ${
        known
          ? svg`<rect class="spread" x=${from} y=${LINE_Y - 8} width=${to - from} height="16" rx="8" />
              <circle class="mark" cx=${x(value)} cy=${LINE_Y} r="7" />`
          : nothing
      }
      <text class="pole" x=${LEFT} y="16">${texts.axisLeft}</text>
      <text class="pole end" x=${RIGHT} y="16">${texts.axisRight}</text>`}
  </svg>`;
}

function bandText(band: string, texts: Texts): string {
  if (band === "clear") return texts.bandClear;
  if (band === "slight") return texts.bandSlight;
  return band === "both" ? texts.bandBoth : texts.bandInsufficient;
}

function quotes(title: string, rows: { tag: string; words: string }[] | undefined): TemplateResult | typeof nothing {
  if (!rows?.length) return nothing;
  return html`<h4>${title}</h4>
    <ul class="quotes">
      ${rows.slice(0, 4).map((row) => html`<li><q>${row.words}</q><span class="tag">${row.tag}</span></li>`)}
    </ul>`;
}

/** The card of one event; unknown kinds show their title and links only. */
export function resultCard(card: Card, texts: Texts): TemplateResult {
  return html`<section class="card" aria-label=${card.title ?? texts.resultTitle}>
    <h3>${card.title ?? texts.resultTitle}</h3>
    ${card.axis ? html`${chart(card.axis, texts)}<p class="band">${bandText(card.axis.band, texts)}</p>` : nothing}
    ${
      card.roles?.length
        ? html`<h4>${texts.rolesTitle}</h4>
            <p class="roles">${card.roles.slice(0, 3).map((role) => html`<span class="role">${role.job}</span>`)}</p>`
        : nothing
    }
    ${quotes(texts.evidenceTitle, card.evidence)} ${quotes(texts.counterTitle, card.counter)}
    ${card.next_step ? html`<h4>${texts.nextTitle}</h4><p class="next">${card.next_step}</p>` : nothing}
    ${card.links?.map((to) => html`<a class="file" href=${to.href} target="_blank" rel="noopener">${to.title}</a>`)}
  </section>`;
}
