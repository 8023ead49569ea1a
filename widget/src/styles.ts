/** The widget's look. Sites set the custom properties at the top; everything else follows from them. */

import { css } from "lit";

export const styles = css`
  :host {
    --accent: var(--career-chat-accent, #23655b);
    --on-accent: var(--career-chat-on-accent, #ffffff);
    --paper: var(--career-chat-background, #ffffff);
    --ground: var(--career-chat-ground, #f5f6f3);
    --ink: var(--career-chat-text, #22302d);
    --quiet: var(--career-chat-quiet, #5a6b67);
    --line: var(--career-chat-line, #dfe4e0);
    --soft: color-mix(in srgb, var(--accent) 9%, var(--paper));
    --adviser: var(--career-chat-adviser, #fdf1e3);
    --danger: #b3261e;
    --side: var(--career-chat-side, 20px);
    --bottom: var(--career-chat-bottom, 20px);
    position: fixed;
    inset: auto var(--side) var(--bottom) auto;
    z-index: var(--career-chat-layer, 2147483000);
    color: var(--ink);
    font: 400 15px/1.7 var(--career-chat-font, system-ui, -apple-system, "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", Meiryo, sans-serif);
    text-align: start;
    letter-spacing: 0.01em;
    -webkit-text-size-adjust: 100%;
  }
  :host([position="left"]) { inset: auto auto var(--bottom) var(--side); }
  :host([hidden]) { display: none; }
  * { box-sizing: border-box; }
  button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
  button { cursor: pointer; border: 0; background: none; padding: 0; }
  button:disabled { cursor: default; opacity: 0.55; }
  :focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 55%, #ffffff); outline-offset: 2px; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  .launcher {
    display: inline-flex; align-items: center; gap: 10px; min-height: 56px; padding: 0 22px 0 18px;
    border-radius: 28px; background: var(--accent); color: var(--on-accent); font-weight: 600;
    box-shadow: 0 6px 20px rgb(20 40 36 / 22%); transition: transform 0.15s ease, box-shadow 0.15s ease;
  }
  .launcher:hover { transform: translateY(-1px); box-shadow: 0 8px 26px rgb(20 40 36 / 28%); }
  .launcher svg { width: 24px; height: 24px; }
  .badge { min-width: 22px; padding: 0 6px; border-radius: 11px; background: #fff; color: var(--accent); font-size: 13px; line-height: 22px; text-align: center; }

  .pane {
    display: flex; flex-direction: column; width: 392px; height: min(680px, calc(100vh - 2 * var(--bottom)));
    height: min(680px, calc(100dvh - 2 * var(--bottom)));
    border-radius: 18px; background: var(--paper); overflow: hidden; border: 1px solid var(--line);
    box-shadow: 0 18px 50px rgb(20 40 36 / 22%); animation: rise 0.18s ease-out;
  }
  @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
  header { display: flex; align-items: center; gap: 8px; padding: 10px 8px 10px 18px; background: var(--accent); color: var(--on-accent); }
  .who { flex: 1; min-width: 0; }
  h2 { margin: 0; font-size: 16px; line-height: 1.4; font-weight: 700; }
  .who p { margin: 0; font-size: 12px; line-height: 1.5; }
  header button { min-width: 44px; min-height: 44px; border-radius: 12px; display: grid; place-items: center; }
  header button:hover { background: rgb(255 255 255 / 16%); }
  header svg { width: 22px; height: 22px; }
  header .human { display: flex; gap: 6px; padding: 0 12px; font-size: 13px; font-weight: 600; border: 1px solid rgb(255 255 255 / 65%); white-space: nowrap; min-height: 44px; }
  header .human svg { width: 18px; height: 18px; }

  .menu { position: absolute; right: 12px; top: 64px; z-index: 3; min-width: 240px; padding: 6px; margin: 0; list-style: none; background: var(--paper); border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 12px 32px rgb(20 40 36 / 20%); }
  .menu button { width: 100%; min-height: 44px; padding: 0 14px; text-align: start; border-radius: 10px; }
  .menu button:hover { background: var(--ground); }
  .menu .danger { color: var(--danger); }
  .frame { position: relative; display: contents; }

  .body { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; background: var(--ground); padding: 16px 14px 8px; }
  .log { display: flex; flex-direction: column; gap: 4px; }
  .day { align-self: center; margin: 10px 0 6px; padding: 1px 12px; border-radius: 12px; font-size: 12px; color: var(--quiet); background: color-mix(in srgb, var(--line) 55%, transparent); }
  .row { display: flex; flex-direction: column; align-items: flex-start; max-width: 88%; }
  .row.user { align-self: flex-end; align-items: flex-end; }
  .row.first { margin-top: 10px; }
  .name { font-size: 12px; color: var(--quiet); margin: 0 0 2px 4px; }
  .bubble { padding: 10px 14px; border-radius: 4px 16px 16px; background: var(--paper); border: 1px solid var(--line); overflow-wrap: anywhere; line-break: strict; }
  .user .bubble { background: var(--accent); color: var(--on-accent); border-color: transparent; border-radius: 16px 4px 16px 16px; white-space: pre-wrap; }
  .adviser .bubble { background: var(--adviser); border-color: color-mix(in srgb, var(--adviser) 80%, #a06a1c); }
  .row.system { align-self: center; align-items: center; max-width: 100%; margin: 8px 0; }
  .system .bubble { border: 0; background: none; padding: 2px 10px; font-size: 13px; color: var(--quiet); text-align: center; }
  .bubble p { margin: 0 0 0.5em; }
  .bubble > :last-child { margin-bottom: 0; }
  .bubble ul, .bubble ol { margin: 0 0 0.5em; padding-inline-start: 1.4em; }
  .bubble a { color: var(--accent); text-underline-offset: 3px; }
  .bubble img { display: block; max-width: 100%; height: auto; border-radius: 10px; margin-top: 6px; }
  .meta { display: flex; align-items: center; gap: 6px; font-size: 11px; color: var(--quiet); margin: 2px 4px 0; }
  .meta .failed { color: var(--danger); }
  .meta button { min-height: 44px; padding: 0 10px; color: var(--danger); font-size: 13px; text-decoration: underline; text-underline-offset: 3px; }
  .pending .bubble { opacity: 0.75; }

  .choices { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0 6px; padding: 0; list-style: none; }
  .choices button { min-height: 44px; padding: 7px 16px; border-radius: 22px; border: 1.5px solid var(--accent); background: var(--paper); color: var(--accent); font-weight: 600; font-size: 14px; line-height: 1.45; text-align: start; }
  .choices button:hover { background: var(--soft); }

  .dots { display: inline-flex; gap: 5px; padding: 14px 16px; }
  .dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--quiet); animation: breathe 1.2s infinite ease-in-out; }
  .dots i:nth-child(2) { animation-delay: 0.15s; }
  .dots i:nth-child(3) { animation-delay: 0.3s; }
  @keyframes breathe { 0%, 60%, 100% { opacity: 0.25; } 30% { opacity: 1; } }

  .status { min-height: 0; padding: 0 16px; font-size: 13px; color: var(--quiet); background: var(--ground); }
  .status:not(:empty) { padding: 6px 16px; border-top: 1px solid var(--line); }
  .status.waiting { background: var(--soft); color: var(--ink); }
  .progress { display: flex; align-items: center; gap: 10px; padding: 6px 16px; font-size: 12px; color: var(--quiet); background: var(--paper); border-top: 1px solid var(--line); }
  progress { flex: 1; height: 6px; appearance: none; border: 0; border-radius: 3px; overflow: hidden; background: var(--line); }
  progress::-webkit-progress-bar { background: var(--line); }
  progress::-webkit-progress-value { background: var(--accent); border-radius: 3px; }
  progress::-moz-progress-bar { background: var(--accent); }

  form { display: flex; align-items: flex-end; gap: 8px; padding: 10px 12px calc(10px + env(safe-area-inset-bottom)); background: var(--paper); border-top: 1px solid var(--line); }
  .field { flex: 1; min-width: 0; }
  textarea { display: block; width: 100%; min-height: 44px; max-height: 132px; padding: 9px 14px; border: 1.5px solid #8b9793; border-radius: 14px; background: var(--paper); resize: none; line-height: 1.6; font-size: 16px; }
  textarea::placeholder { color: var(--quiet); opacity: 1; }
  .count { font-size: 12px; color: var(--quiet); text-align: end; }
  .count.over { color: var(--danger); font-weight: 600; }
  .send { width: 44px; height: 44px; border-radius: 50%; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; flex: none; }
  .send svg { width: 22px; height: 22px; }

  .sheet { padding: 20px 20px calc(20px + env(safe-area-inset-bottom)); background: var(--paper); overflow-y: auto; }
  .sheet.fill { flex: 1; }
  .sheet.foot { border-top: 1px solid var(--line); }
  .sheet h3 { margin: 0 0 10px; font-size: 17px; line-height: 1.5; }
  .sheet p { margin: 0 0 14px; white-space: pre-line; }
  .sheet a { color: var(--accent); text-underline-offset: 3px; }
  .primary, .second { min-height: 48px; width: 100%; border-radius: 14px; font-weight: 600; }
  .primary { background: var(--accent); color: var(--on-accent); }
  .primary.danger { background: var(--danger); color: #fff; }
  .second { margin-top: 8px; border: 1.5px solid var(--line); }
  .error { color: var(--danger); }
  .stars { display: grid; grid-template-columns: repeat(5, 1fr); gap: 6px; margin: 0 0 12px; padding: 0; border: 0; }
  .stars button { min-height: 60px; border: 1.5px solid var(--line); border-radius: 12px; font-size: 11px; line-height: 1.4; padding: 4px 2px; }
  .stars button b { display: block; font-size: 18px; line-height: 1.3; }
  .stars button[aria-pressed="true"] { border-color: var(--accent); background: var(--soft); color: var(--accent); }

  .card { margin-top: 4px; padding: 14px 16px; width: 100%; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; }
  .card h3 { margin: 0 0 6px; font-size: 15px; }
  .card h4 { margin: 12px 0 4px; font-size: 13px; color: var(--quiet); font-weight: 600; }
  .card p { margin: 0; }
  .chart { display: block; width: 100%; height: auto; }
  .axis, .tick { stroke: var(--quiet); stroke-width: 1.5; }
  .spread { fill: var(--accent); opacity: 0.22; }
  .mark { fill: var(--accent); stroke: var(--paper); stroke-width: 2; }
  .pole { font-size: 12px; fill: var(--ink); }
  .pole.end { text-anchor: end; }
  .band { text-align: center; font-weight: 600; }
  .roles { display: flex; flex-wrap: wrap; gap: 6px; }
  .role { padding: 2px 12px; border-radius: 14px; background: var(--soft); color: var(--accent); font-weight: 600; font-size: 14px; }
  .card ul { margin: 0; padding-inline-start: 1.3em; }
  .files { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 12px !important; }
  .file { min-height: 44px; padding: 0 14px; border: 1.5px solid var(--line); border-radius: 12px; color: var(--accent); font-weight: 600; font-size: 14px; }

  @media (max-width: 520px) {
    :host([open]) { inset: 0; }
    .pane { width: 100%; height: 100vh; height: 100dvh; border-radius: 0; border: 0; }
    .launcher { padding: 0 18px 0 15px; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; }
  }
  @media (forced-colors: active) {
    .bubble, .choices button, .launcher, .send { border: 1px solid; }
  }
`;
