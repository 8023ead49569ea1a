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
    --adviser: var(--career-chat-adviser, #fdf1e3);
    --link: var(--accent);
    --danger: #b3261e;
    --on-danger: #ffffff;
    --shade: 20 40 36;
    --soft: color-mix(in srgb, var(--accent) 9%, var(--paper));
    --edge: color-mix(in srgb, var(--accent) 45%, var(--paper));
    --side: var(--career-chat-side, 20px);
    --bottom: var(--career-chat-bottom, 20px);
    position: fixed;
    inset: auto var(--side) calc(var(--bottom) + env(safe-area-inset-bottom)) auto;
    z-index: var(--career-chat-layer, 2147483000);
    color: var(--ink);
    font: 400 15px/1.75 var(--career-chat-font, system-ui, -apple-system, "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", Meiryo, sans-serif);
    text-align: start;
    letter-spacing: 0.01em;
    -webkit-text-size-adjust: 100%;
  }
  :host([theme="dark"]) {
    --accent: var(--career-chat-accent, #8ccfc0);
    --on-accent: var(--career-chat-on-accent, #10231f);
    --paper: var(--career-chat-background, #1c2523);
    --ground: var(--career-chat-ground, #141b1a);
    --ink: var(--career-chat-text, #e9efec);
    --quiet: var(--career-chat-quiet, #a6b5b0);
    --line: var(--career-chat-line, #34423e);
    --adviser: var(--career-chat-adviser, #40331f);
    --danger: #ff9d94;
    --on-danger: #2b0906;
    --shade: 0 0 0;
    color-scheme: dark;
  }
  :host([position="left"]) { inset: auto auto calc(var(--bottom) + env(safe-area-inset-bottom)) var(--side); }
  :host([hidden]) { display: none; }
  * { box-sizing: border-box; }
  button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
  button { cursor: pointer; border: 0; background: none; padding: 0; }
  button:disabled { cursor: default; opacity: 0.55; }
  :focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 55%, #ffffff); outline-offset: 2px; }
  /* On the coloured bar the ring has to stand out from the bar. */
  header :focus-visible { outline-color: var(--on-accent); outline-offset: -3px; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  /* Japanese breaks between phrases (where the browser knows how). Not "pretty" as well: together they leave half of
     a line empty and cut words. */
  h2, h3, .launcher, .choices button, .bubble, .card, .sheet p, .status { word-break: auto-phrase; }
  h3, .system .bubble { text-wrap: balance; }

  .launcher {
    display: inline-flex; align-items: center; gap: 10px; min-height: 56px; padding: 0 24px 0 19px;
    border-radius: 28px; background: var(--accent); color: var(--on-accent); font-weight: 600; white-space: nowrap;
    box-shadow: 0 2px 6px rgb(var(--shade) / 18%), 0 8px 24px rgb(var(--shade) / 20%); transition: transform 0.15s ease, box-shadow 0.15s ease;
  }
  .launcher svg { width: 24px; height: 24px; }
  .badge { min-width: 22px; padding: 0 6px; border-radius: 11px; background: var(--on-accent); color: var(--accent); font-size: 13px; line-height: 22px; text-align: center; }

  .pane {
    position: relative; display: flex; flex-direction: column; width: 408px; height: min(700px, calc(100vh - 2 * var(--bottom)));
    height: min(700px, calc(100dvh - 2 * var(--bottom)));
    border-radius: 20px; background: var(--paper); overflow: hidden; overflow: clip;
    box-shadow: 0 0 0 1px rgb(var(--shade) / 10%), 0 20px 60px rgb(var(--shade) / 24%); animation: rise 0.18s ease-out;
  }
  .pane:focus { outline: none; }
  @keyframes rise { from { opacity: 0; transform: translateY(12px); } }

  header { display: flex; align-items: center; gap: 4px; min-height: 68px; padding: 10px 8px 10px 16px; background: var(--accent); color: var(--on-accent); flex: none; }
  .face { position: relative; display: grid; place-items: center; width: 40px; height: 40px; margin-inline-end: 8px; border-radius: 50%; background: color-mix(in srgb, var(--on-accent) 18%, transparent); font-weight: 700; font-size: 17px; line-height: 1; flex: none; }
  .face svg { width: 22px; height: 22px; }
  .face.person { background: var(--on-accent); color: var(--accent); }
  .face.person::after { content: ""; position: absolute; right: -1px; bottom: -1px; width: 12px; height: 12px; border-radius: 50%; background: #4cc38a; border: 2px solid var(--accent); }
  .who { flex: 1; min-width: 0; }
  h2, .who p { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  h2 { font-size: 16px; line-height: 1.45; font-weight: 700; }
  .who p { font-size: 12px; line-height: 1.5; }
  header button { min-width: 44px; min-height: 44px; border-radius: 12px; display: grid; place-items: center; flex: none; }
  header svg { width: 22px; height: 22px; }
  header .more svg { stroke-width: 3; }
  header .human { display: flex; align-items: center; gap: 6px; padding: 0 14px 0 11px; font-size: 13px; font-weight: 600; border: 1px solid color-mix(in srgb, var(--on-accent) 60%, transparent); border-radius: 22px; white-space: nowrap; }
  header .human svg { width: 18px; height: 18px; }

  .menu { position: absolute; right: 10px; top: 62px; z-index: 3; min-width: 244px; padding: 6px; margin: 0; list-style: none; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; box-shadow: 0 12px 36px rgb(var(--shade) / 22%); }
  .menu button { width: 100%; min-height: 46px; padding: 0 14px; text-align: start; border-radius: 11px; }
  .menu li:last-child { margin-top: 6px; padding-top: 6px; border-top: 1px solid var(--line); }
  .menu .danger { color: var(--danger); }

  .view { position: relative; flex: 1; min-height: 0; display: flex; background: var(--ground); }
  .body { position: relative; flex: 1; min-width: 0; overflow-y: auto; overscroll-behavior: contain; padding: 14px 16px 14px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
  .down { position: absolute; right: 12px; bottom: 10px; display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-width: 44px; min-height: 44px; border-radius: 22px; background: var(--paper); color: var(--link); border: 1px solid var(--edge); font-size: 13px; font-weight: 600; box-shadow: 0 4px 16px rgb(var(--shade) / 18%); }
  .down.fresh { padding: 0 18px 0 14px; background: var(--accent); color: var(--on-accent); border-color: transparent; }
  .down svg { width: 18px; height: 18px; }
  .log { display: flex; flex-direction: column; gap: 4px; }
  .day { align-self: center; margin: 6px 0 4px; padding: 1px 12px; border-radius: 12px; font-size: 12px; color: var(--quiet); }
  .row { display: flex; flex-direction: column; align-items: flex-start; max-width: 90%; }
  .row.user { align-self: flex-end; align-items: flex-end; max-width: 84%; }
  .row.first { margin-top: 12px; }
  .name { font-size: 12px; color: var(--quiet); margin: 0 0 3px 2px; }
  .bubble { padding: 10px 15px; border-radius: 4px 18px 18px; background: var(--paper); border: 1px solid var(--line); overflow-wrap: anywhere; line-break: strict; }
  .row:not(.first):not(.system) .bubble { border-radius: 18px; }
  .user .bubble { background: var(--accent); color: var(--on-accent); border-color: transparent; border-radius: 18px 4px 18px 18px; white-space: pre-wrap; }
  .adviser .bubble { background: var(--adviser); border-color: color-mix(in srgb, var(--adviser) 82%, #a06a1c); }
  .row.system { align-self: center; align-items: center; max-width: 100%; margin: 8px 0; }
  .system .bubble { border: 0; background: none; padding: 2px 8px; font-size: 13px; line-height: 1.7; color: var(--quiet); text-align: center; }
  .row.mark { align-self: stretch; flex-direction: row; align-items: center; gap: 10px; margin: 14px 0 6px; }
  .row.mark::before, .row.mark::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
  .mark .bubble { max-width: 82%; }
  .bubble p { margin: 0 0 0.55em; }
  .bubble > :last-child { margin-bottom: 0; }
  .bubble ul, .bubble ol { margin: 0 0 0.6em; padding-inline-start: 1.35em; }
  .bubble li { margin: 0 0 0.2em; }
  .bubble li::marker { color: var(--quiet); }
  .bubble a { color: var(--link); text-underline-offset: 3px; }
  .bubble a[href^="tel:"] { white-space: nowrap; }
  .bubble a.act { display: inline-flex; align-items: center; min-height: 44px; margin-top: 4px; padding: 0 18px; border: 1px solid var(--edge); border-radius: 22px; background: var(--paper); font-weight: 600; text-decoration: none; }
  .bubble img { display: block; max-width: 100%; height: auto; border-radius: 12px; margin-top: 6px; }
  .meta { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 0 8px; font-size: 11px; line-height: 1.6; color: var(--quiet); margin: 2px 4px 0; }
  .meta .failed { color: var(--danger); font-size: 12px; }
  .meta button { min-height: 44px; padding: 0 8px; color: var(--danger); font-size: 13px; font-weight: 600; white-space: nowrap; text-decoration: underline; text-underline-offset: 3px; }
  .row:not(.user) > .meta { align-self: flex-start; }
  .pending .bubble { opacity: 0.75; }

  .choices { display: flex; flex-wrap: wrap; gap: 8px; margin: 14px 0 2px; padding: 0; list-style: none; }
  .choices small { font-weight: 500; color: var(--quiet); }
  .choices button { min-height: 44px; padding: 8px 17px; border-radius: 22px; border: 1px solid var(--edge); background: var(--paper); color: var(--link); font-weight: 600; font-size: 14px; line-height: 1.45; text-align: start; transition: background 0.12s ease; }
  /* Answers of a guided question stand one below the other; what steers it is quieter and comes last. */
  .choices .settles { background: var(--accent); color: var(--on-accent); border-color: transparent; }
  .choices.stack { flex-direction: column; }
  .choices.stack button { width: 100%; padding-inline: 18px; border-radius: 14px; }
  .choices.quiet { gap: 0 4px; margin-top: 6px; }
  .choices.quiet button { border-color: transparent; background: none; padding: 8px 10px; color: var(--quiet); font-weight: 500; font-size: 13px; text-decoration: underline; text-underline-offset: 4px; text-decoration-color: color-mix(in srgb, var(--quiet) 50%, transparent); }

  .dots { display: inline-flex; gap: 5px; padding: 15px 16px; }
  .dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--quiet); animation: breathe 1.2s infinite ease-in-out; }
  .dots i:nth-child(2) { animation-delay: 0.15s; }
  .dots i:nth-child(3) { animation-delay: 0.3s; }
  @keyframes breathe { 0%, 60%, 100% { opacity: 0.25; } 30% { opacity: 1; } }

  .status { flex: none; font-size: 13px; line-height: 1.6; color: var(--quiet); background: var(--paper); }
  .status:not(:empty):not(.unseen) { padding: 8px 18px; border-top: 1px solid var(--line); }
  .status.waiting { display: flex; align-items: center; gap: 10px; background: var(--soft); color: var(--ink); }
  .status.waiting::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--accent); animation: breathe 1.6s infinite ease-in-out; flex: none; }
  .line { flex: none; }
  .queue { flex: none; display: flex; align-items: center; gap: 8px; padding-right: 10px; background: var(--soft); border-top: 1px solid var(--line); }
  .queue .status:not(:empty) { flex: 1; min-width: 0; border: 0; padding-right: 0; }
  .queue button { flex: none; min-height: 44px; padding: 0 10px; border-radius: 10px; font-size: 13px; font-weight: 600; color: var(--link); text-decoration: underline; text-underline-offset: 3px; }
  .status.trouble { background: color-mix(in srgb, var(--danger) 8%, var(--paper)); color: var(--danger); }
  .progress { display: flex; align-items: center; gap: 12px; padding: 8px 18px; font-size: 12px; color: var(--quiet); background: var(--paper); border-top: 1px solid var(--line); flex: none; }
  progress { flex: 1; height: 6px; appearance: none; border: 0; border-radius: 3px; overflow: hidden; background: var(--line); }
  progress::-webkit-progress-bar { background: var(--line); }
  progress::-webkit-progress-value { background: var(--accent); border-radius: 3px; }
  progress::-moz-progress-bar { background: var(--accent); }

  form { display: flex; align-items: flex-end; gap: 8px; padding: 10px 12px calc(10px + env(safe-area-inset-bottom)); background: var(--paper); border-top: 1px solid var(--line); flex: none; }
  .progress + form { border-top: 0; padding-top: 2px; }
  .field { flex: 1; min-width: 0; }
  textarea { display: block; width: 100%; min-height: 46px; max-height: 132px; padding: 9px 16px; border: 1px solid color-mix(in srgb, var(--quiet) 75%, var(--paper)); border-radius: 23px; background: var(--paper); resize: none; line-height: 1.6; font-size: 16px; }
  textarea:focus { outline: 2px solid var(--accent); outline-offset: -1px; border-color: transparent; }
  textarea::placeholder { color: var(--quiet); opacity: 1; }
  .count { font-size: 12px; color: var(--quiet); text-align: end; padding: 2px 12px 0; }
  .count.over { color: var(--danger); font-weight: 600; }
  .send { width: 46px; height: 46px; border-radius: 50%; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; flex: none; }
  .send svg { width: 22px; height: 22px; margin-inline-end: 1px; }

  .sheet { padding: 20px 20px calc(20px + env(safe-area-inset-bottom)); background: var(--paper); overflow-y: auto; }
  .sheet.fill { flex: 1; display: flex; flex-direction: column; padding-inline: 28px; }
  .sheet.fill > div { margin: auto 0; }
  .sheet .sign { display: grid; place-items: center; width: 60px; height: 60px; margin: 0 0 18px; border-radius: 20px; background: var(--soft); color: var(--link); }
  .sheet .sign svg { width: 32px; height: 32px; }
  .sheet.foot { border-top: 1px solid var(--line); flex: none; max-height: 70%; }
  .sheet h3 { margin: 0 0 10px; font-size: 18px; line-height: 1.5; }
  .sheet.foot h3 { font-size: 16px; text-align: center; }
  .sheet p { margin: 0 0 16px; white-space: pre-line; }
  .sheet.fill p { margin-bottom: 22px; line-height: 1.9; }
  .sheet a { color: var(--link); text-underline-offset: 3px; }
  .primary, .second { min-height: 50px; width: 100%; border-radius: 25px; font-weight: 600; }
  .primary { background: var(--accent); color: var(--on-accent); }
  .primary.danger { background: var(--danger); color: var(--on-danger); }
  .second { margin-top: 6px; color: var(--quiet); }
  .sheet .news { padding: 10px 14px; border-radius: 12px; background: var(--soft); }
  a.primary { display: grid; place-items: center; text-decoration: none; }
  .sheet a.primary { color: var(--on-accent); }
  .way { display: flex; gap: 14px; align-items: center; margin: 0 0 14px; }
  .way svg { width: 132px; height: 132px; flex: none; border: 1px solid var(--line); border-radius: 8px; }
  .way p { margin: 0; font-size: 13px; color: var(--quiet); }
  .way b { display: block; margin-top: 2px; font-size: 20px; letter-spacing: .08em; color: var(--ink); }
  .stars { display: flex; justify-content: center; gap: 4px; margin: 0; }
  .stars button { width: 52px; height: 48px; display: grid; place-items: center; color: color-mix(in srgb, var(--quiet) 60%, var(--paper)); border-radius: 12px; }
  .stars svg { width: 32px; height: 32px; stroke-width: 1.5; }
  .stars .lit { color: var(--link); }
  .stars .lit path { fill: currentColor; }
  .sheet .said { min-height: 1.75em; margin: 2px 0 12px; text-align: center; font-size: 13px; color: var(--quiet); }
  .rating textarea { border-radius: 16px; }

  .card { margin-top: 6px; padding: 18px 18px 20px; width: 100%; background: var(--paper); border: 1px solid var(--line); border-radius: 20px; }
  .row:has(.card) { max-width: 100%; align-items: stretch; width: 100%; }
  .row:has(.card) > .bubble { align-self: flex-start; max-width: 90%; }
  .card h3 { margin: 0 0 12px; font-size: 17px; line-height: 1.6; word-break: auto-phrase; }
  .card h4 { margin: 20px 0 6px; font-size: 13px; line-height: 1.5; color: var(--quiet); font-weight: 600; }
  .card p { margin: 0; }
  .card p + p { margin-top: 0.5em; }
  .card .closing { margin-top: 0.4em; font-size: 13px; color: var(--quiet); }
  .card :not(.closing) + .closing { margin-top: 20px; padding-top: 14px; border-top: 1px solid var(--line); }
  .axis { margin: 0 0 12px; }
  .axis.main { margin: 0 0 16px; padding: 10px 12px 12px; border-radius: 14px; background: var(--soft); }
  .axis b { display: block; font-size: 12px; font-weight: 600; color: var(--quiet); text-align: center; line-height: 1.5; }
  .poles { display: flex; justify-content: space-between; gap: 20px; font-size: 12px; line-height: 1.4; }
  .poles span { max-width: 46%; text-wrap: balance; word-break: auto-phrase; }
  .poles span:last-child { text-align: end; }
  .main .poles { font-size: 14px; font-weight: 600; }
  .chart { display: block; width: 100%; height: auto; }
  .blank { font-size: 12px; line-height: 1.4; color: var(--quiet); text-align: center; }
  .rule { stroke: color-mix(in srgb, var(--quiet) 55%, var(--paper)); stroke-width: 1.5; stroke-linecap: round; }
  .spread { fill: var(--accent); opacity: 0.22; }
  .dot { fill: var(--accent); stroke: var(--paper); stroke-width: 2; }
  .band { text-align: center; font-weight: 600; }
  .roles { display: flex; flex-wrap: wrap; gap: 8px; }
  .role { padding: 3px 14px; border-radius: 16px; background: var(--soft); color: var(--link); font-weight: 600; font-size: 14px; }
  .card ul { margin: 0; padding-inline-start: 1.25em; }
  .card li { margin: 0 0 0.35em; }
  .card li::marker { color: var(--quiet); }
  .files { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 20px !important; }
  .file { flex: 1 1 auto; min-height: 46px; padding: 0 16px; border: 1px solid var(--edge); border-radius: 23px; color: var(--link); font-weight: 600; font-size: 14px; white-space: nowrap; }
  a.file { flex-basis: 100%; display: inline-flex; align-items: center; justify-content: center; text-decoration: none; background: var(--accent); border-color: var(--accent); color: var(--on-accent, #fff); }

  /* A finger leaves no pointer behind: without this the next question's button looks chosen where the last was tapped. */
  @media (hover: hover) {
    .launcher:hover { transform: translateY(-1px); box-shadow: 0 3px 8px rgb(var(--shade) / 20%), 0 12px 30px rgb(var(--shade) / 26%); }
    header button:hover { background: color-mix(in srgb, var(--on-accent) 16%, transparent); }
    .menu button:hover { background: var(--ground); }
    .choices button:not(.settles):hover { background: var(--soft); border-color: var(--accent); }
    .choices.quiet button:hover { color: var(--link); }
    .second:hover { background: var(--ground); }
    a.file:hover { filter: brightness(1.08); background: var(--accent); }
    .file:hover { background: var(--soft); }
  }
  @media (max-width: 520px) {
    :host { font-size: 16px; }
    :host([open]) { inset: 0; }
    .pane { width: 100%; height: 100vh; height: 100dvh; border-radius: 0; box-shadow: none; }
    .launcher { padding: 0 20px 0 16px; }
    header { padding-inline-start: 14px; padding-top: calc(10px + env(safe-area-inset-top)); }
    .choices button { font-size: 15px; }
    .choices.quiet button { font-size: 14px; }
  }
  /* A phone on its side, or a page enlarged to twice its size: the height is for what is said. */
  @media (max-height: 520px) {
    :host([open]) { inset-block: 0; }
    .pane { height: 100vh; height: 100dvh; border-radius: 0; }
    header { min-height: 56px; padding-block: 4px; }
    form { padding-block: 6px; }
  }
  @media (max-width: 379px) {
    .face { display: none; }
    .sheet.fill { padding-inline: 22px; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; }
  }
  @media (forced-colors: active) {
    .bubble, .choices button, .launcher, .send, .down, .primary { border: 1px solid; }
  }
`;
