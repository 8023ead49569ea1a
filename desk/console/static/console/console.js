// The console's script: the live thread, keys, composer, undo, presence, notifications. Lists and panels are htmx's.
"use strict";
(() => {
  if (!document.querySelector("main.columns")) return;
  const $ = (selector, root = document) => root.querySelector(selector);
  const me = document.body.dataset.me;
  const rows = $("#rows");
  let id = "", seq = 0, stream = null;
  const cookie = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";
  const api = (act, of = id) => `/api/desk/conversations/${of}/${act}`;
  const fail = (message) => { const place = $("#error"); if (place) place.textContent = message || ""; };
  const tell = (name) => htmx.trigger(document.body, name);

  async function post(url, body, keepalive = false) {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin", keepalive,
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie() }, body: JSON.stringify(body || {}),
    });
    if (answer.status === 401) { location.reload(); throw new Error("ログインし直してください。"); }
    const data = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(data.message || "うまくいきませんでした。もう一度お試しください。");
    return data;
  }
  // At most one load at a time; a wish during a load is kept, not lost.
  function once(load) {
    let busy = false, again = false;
    return async function run() {
      if (busy) { again = true; return; }
      busy = true;
      try { await load(); } catch (error) { fail(error.message); }
      busy = false;
      if (again) { again = false; run(); }
    };
  }

  // --- List ---
  let later;
  const rowsSoon = () => { clearTimeout(later); later = setTimeout(() => tell("refresh"), 150); };
  function waits() {
    for (const place of document.querySelectorAll("[data-since]")) {
      const minutes = Math.max(0, Math.floor((Date.now() - new Date(place.dataset.since)) / 60000));
      place.textContent = minutes < 60 ? `${minutes}分` : minutes < 1440 ? `${Math.floor(minutes / 60)}時間${minutes % 60}分` : `${Math.floor(minutes / 1440)}日`;
    }
  }
  // The window's title and the app's badge say what waits, also while another tab is in front.
  function badge() {
    const unread = [...rows.querySelectorAll('.one.active.unread, .one.wrap_up.unread')].length;
    const waiting = Number((($("#rows-body") || {}).dataset?.counts || "0").split(",")[0]);
    const thread = $("#thread");
    const name = thread ? thread.dataset.title : "相談";
    const count = waiting + unread;
    document.title = `${count ? `(${count}) ` : ""}${name} | 道しるべ`;
    if (navigator.setAppBadge) (count ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
  }
  const mark = () => {
    for (const link of rows.querySelectorAll("a.one")) {
      if (link.id === `row-${id}`) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
  };
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.target.id === "rows") event.detail.parameters.current = id;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target.id === "work") opened();
    if (target.id === "head") ready();
    if (target.id === "rows") {
      const box = $("[data-box][aria-current]", rows);
      if (box) $(".search [name=box]").value = box.dataset.box;
    }
    waits(); mark(); badge();
  });
  // Signed out, or out of reach: say so instead of showing a login form in a panel.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseURL.includes("/desk/login/")) { event.detail.shouldSwap = false; location.reload(); }
  });
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    document.body.addEventListener(name, () => fail("読み込めませんでした。つながりを確かめて、もう一度お試しください。"));
  }

  // --- Thread ---
  const log = () => $("#log");
  const atEnd = () => { const place = log(); return !place || place.scrollHeight - place.scrollTop - place.clientHeight < 120; };
  const toEnd = () => { const place = log(); if (place) place.scrollTop = place.scrollHeight; };
  const refreshLog = once(async () => {
    const of = id, stay = !atEnd();
    const answer = await fetch(`/desk/c/${of}/new/?after=${seq}`, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error("読み込めませんでした。");
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    if (of !== id) return;
    for (const event of holder.content.querySelectorAll(".event")) {
      const number = Number(event.dataset.seq);
      if (number <= seq) { event.remove(); continue; }
      seq = number;
    }
    log().append(holder.content);
    if (!stay) toEnd();
  });

  let kind = "reply", typingAt = 0, uid = null, sending = false;
  const text = () => $("#text");
  const kept = () => `desk-draft-${id}`;
  function ready() {
    const box = text(), head = $(".thread-head");
    if (!box || !head) return;
    const mine = head.dataset.mine === "1" && ["active", "wrap_up"].includes(head.dataset.state);
    const off = !mine && kind === "reply";
    box.disabled = off;
    box.placeholder = off
      ? head.dataset.state === "closed" ? "この相談は終了しています" : ["active", "wrap_up"].includes(head.dataset.state) ? "ほかの担当者が対応しています" : "返信するには「担当する」を押してください"
      : kind === "note" ? "スタッフだけに見えるメモ" : matchMedia("(max-width:760px)").matches ? "返信を書く" : "返信を書く（Ctrl+Enterで送信、;で定型文）";
    $("#send").disabled = off;
    $("#send").textContent = kind === "note" ? "メモを残す" : "送信";
    $("#composer").classList.toggle("note", kind === "note");
    box.setAttribute("aria-label", kind === "note" ? "メモ" : "返信");
    for (const button of document.querySelectorAll("[data-kind]")) button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
  }
  function choose(next) { kind = next; ready(); if (!text().disabled) text().focus(); }
  function stopTyping() { if (typingAt) { typingAt = 0; post(api("typing"), { typing: false }).catch(() => undefined); } }

  async function send() {
    const box = text(), words = box.value.trim();
    if (!words || sending) return;
    sending = true;
    uid = uid || crypto.randomUUID?.() || null;
    try {
      await post(api(kind), uid ? { text: words, id: uid } : { text: words });
      box.value = "";
      uid = null;
      sessionStorage.removeItem(kept());
      fail("");
      stopTyping();
      toEnd();
      refreshLog();
      if (kind === "note") tell("refresh-person");
    } catch (error) { fail(error.message); }
    sending = false;
    box.focus();
  }

  // Canned replies: `;` at the start of a line opens the list, what follows filters it.
  const fold = (words) => words.normalize("NFKC").toLowerCase();
  const started = () => { const box = text(); return box.value.slice(0, box.selectionStart).match(/(?:^|\n)([;；])([^\s;；]*)$/); };
  function canned(show, word = "") {
    const list = $("#canned"), button = $("#canned-button");
    let first = null, some = false;
    for (const option of list.children) {
      const fits = show && option.dataset.find.includes(fold(word));
      option.hidden = !fits;
      option.setAttribute("aria-selected", String(fits && !first));
      if (fits) { first = first || option; some = true; }
    }
    list.hidden = !some;
    button.setAttribute("aria-expanded", String(some));
    if (first) text().setAttribute("aria-activedescendant", first.id); else text().removeAttribute("aria-activedescendant");
  }
  const cannedOpen = () => $("#canned") && !$("#canned").hidden;
  function cannedStep(by) {
    const options = [...$("#canned").children].filter((one) => !one.hidden);
    const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const next = options[(now + by + options.length) % options.length];
    for (const one of options) one.setAttribute("aria-selected", String(one === next));
    text().setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }
  function insert(option) {
    if (text().disabled) choose("note");
    const box = text(), found = started();
    const from = found ? box.selectionStart - found[1].length - found[2].length : box.selectionStart;
    box.setRangeText(option.dataset.text, from, box.selectionEnd, "end");
    sessionStorage.setItem(kept(), box.value);
    canned(false);
    box.focus();
  }

  function opened() {
    const thread = $("#thread");
    leave();
    id = thread ? thread.dataset.conversation : "";
    seq = thread ? Number(thread.dataset.seq) : 0;
    kind = "reply"; uid = null; typingAt = 0;
    document.body.classList.toggle("opened", Boolean(id));
    document.body.classList.remove("show-person");
    watchers.clear();
    if (thread) {
      text().value = sessionStorage.getItem(kept()) || "";
      ready();
      toEnd();
    }
    mark(); badge(); listen();
    // On a phone the thread takes the list's place: the keyboard and the reader follow it.
    if (thread && document.activeElement?.closest("#rows")) log().focus({ preventScroll: true });
  }
  document.addEventListener("input", (event) => {
    if (event.target.id !== "text") return;
    sessionStorage.setItem(kept(), event.target.value);
    const found = started();
    canned(Boolean(found), found ? found[2] : "");
    if (kind === "reply" && Date.now() - typingAt > 4000) {
      typingAt = Date.now();
      post(api("typing"), { typing: true }).catch(() => undefined);
    }
  });
  document.addEventListener("focusout", (event) => { if (event.target.id === "text") stopTyping(); });

  // --- Acts, and five seconds to think again ---
  const UNDO = { close: "相談を終えます", return: "自動応答に戻します", transfer: "引き継ぎます" };
  let waiting = null;
  async function act(name, body, of = id, keepalive = false) {
    try { await post(api(name, of), body, keepalive); fail(""); } catch (error) { fail(error.message); }
    tell("refresh-head"); refreshLog(); rowsSoon();
    if (name === "claim" || name === "resume") setTimeout(() => { if (text() && !text().disabled) text().focus(); }, 400);
  }
  function soon(name, body) {
    now();
    const toast = $("#toast");
    $("span", toast).textContent = `${UNDO[name]}…`;
    toast.hidden = false;
    waiting = { name, body, of: id, timer: setTimeout(now, 5000) };
  }
  function now(keepalive = false) {
    if (!waiting) return;
    const { name, body, of, timer } = waiting;
    clearTimeout(timer);
    waiting = null;
    $("#toast").hidden = true;
    act(name, body, of, keepalive === true);
  }
  function undo() {
    if (!waiting) return;
    clearTimeout(waiting.timer);
    waiting = null;
    $("#toast").hidden = true;
  }
  const start = (name, body) => (name in UNDO ? soon(name, body) : act(name, body));
  function dialog(name) { const box = document.getElementById(name); if (box && !box.open) box.showModal(); }
  document.addEventListener("click", (event) => {
    const option = event.target.closest("#canned li");
    if (option) { insert(option); return; }
    const menu = $("details.menu[open]");
    if (menu && !event.target.closest("details.menu")) menu.open = false;
    const button = event.target.closest("button");
    if (!button) { if (cannedOpen() && event.target.id !== "text") canned(false); return; }
    if (button.dataset.act) start(button.dataset.act);
    else if (button.dataset.dialog) dialog(button.dataset.dialog);
    else if (button.dataset.kind) choose(button.dataset.kind);
    else if ("person" in button.dataset) document.body.classList.toggle("show-person");
    else if (button.id === "help-button" || "help" in button.dataset) { if (menu) menu.open = false; dialog("help"); }
    else if (button.closest("#toast")) undo();
    else if (button.id === "canned-button") { if (cannedOpen()) canned(false); else { if (text().disabled) choose("note"); text().focus(); canned(true); } }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "composer") { event.preventDefault(); send(); }
    if (form.method === "dialog" && form.dataset.act && event.submitter?.value === "ok") {
      start(form.dataset.act, Object.fromEntries(new FormData(form)));
      form.reset();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest("#labels")) {
      const labels = [...document.querySelectorAll("#labels input:checked")].map((box) => box.value);
      post(api("labels"), { labels }).then(rowsSoon, (error) => fail(error.message));
    }
    if ("away" in event.target.dataset) {
      for (const one of document.querySelectorAll("[data-away]")) one.checked = event.target.checked;
      ping(event.target.checked);
    }
  });

  // --- Presence: who else has this conversation open. Hints only ---
  const watchers = new Map();
  function ping(away) {
    const body = new FormData();
    if (away !== undefined) body.set("away", away ? "1" : "0");
    if (id && !document.hidden) body.set("conversation", id);
    fetch("/desk/presence/", { method: "POST", body, headers: { "X-CSRFToken": cookie() } }).catch(() => undefined);
  }
  function leave() {
    if (!id) return;
    const body = new FormData();
    body.set("conversation", id);
    body.set("gone", "1");
    fetch("/desk/presence/", { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": cookie() } }).catch(() => undefined);
  }
  function others() {
    const place = $("#others");
    if (!place) return;
    for (const [user, seen] of watchers) if (Date.now() - seen.at > 70000) watchers.delete(user);
    const names = [...watchers.values()].map((one) => `${one.name}さん`);
    const stay = !atEnd();
    place.hidden = !names.length;
    place.textContent = names.length ? `${names.join("、")}もこの相談を見ています` : "";
    // The line takes its height from the log: what was said last stays in view.
    if (!stay) toEnd();
  }
  function noticed(data) {
    if (String(data.user) === me) return;
    if (data.state === "gone") watchers.delete(data.user);
    else {
      const known = watchers.has(data.user);
      watchers.set(data.user, { name: data.name, at: Date.now() });
      if (!known) ping();  // so that the newcomer sees us at once
    }
    others();
  }
  setInterval(() => { ping(); others(); }, 30000);
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); else ping(); });
  window.addEventListener("pagehide", () => { now(true); leave(); });

  // --- Notifications ---
  const notify = $("#notify");
  if (notify && "Notification" in window && Notification.permission === "default") {
    notify.hidden = false;
    notify.addEventListener("click", async () => { await Notification.requestPermission(); notify.hidden = true; });
  }
  const known = new Map();
  function announce(change) {
    const before = known.get(change.conversation);
    known.set(change.conversation, change.state);
    const queued = change.state === "queued" && before !== "queued";
    const mine = change.conversation === id;
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    if (queued || mine) {
      // No words of the conversation: notifications stand on locked screens.
      const note = new Notification(change.urgent ? "至急の相談があります" : queued ? "相談の順番待ちがあります" : "新しい発言があります", { tag: change.conversation });
      note.onclick = () => { window.focus(); location.href = `/desk/c/${change.conversation}/`; };
    }
  }

  // --- Live ---
  function listen() {
    stream?.close();
    stream = new EventSource(`/api/desk/events${id ? `?conversation=${id}&after=${seq}` : ""}`);
    // Said once we can hear the answer of who is here already.
    stream.onopen = () => ping();
    stream.addEventListener("changed", (event) => { announce(JSON.parse(event.data)); rowsSoon(); });
    stream.onmessage = (event) => {
      const data = JSON.parse(event.data);
      if (!id || !data.seq || data.conversation !== id) return;
      if (data.from === "user") hint("");
      refreshLog();
      if (data.type === "status" || data.type === "alert") tell("refresh-head");
      if (["note", "consent", "status"].includes(data.type) || data.card) { if (!$("#person :focus")) tell("refresh-person"); }
    };
    stream.addEventListener("hint", (event) => {
      const data = JSON.parse(event.data);
      if (data.conversation !== id) return;
      if (data.type === "presence") noticed(data);
      if (data.type !== "typing") return;
      if (data.from === "user") hint(data.state === "start" ? "相談者が入力中です…" : "");
      else if ($(".thread-head")?.dataset.mine !== "1") hint(data.state === "start" ? `${data.name || "ほかの担当者"}さんが入力中です…` : "");
    });
    stream.onerror = () => { if (stream.readyState === 2) setTimeout(listen, 3000); };
  }
  let hintTimer;
  function hint(words) {
    const place = $("#hint");
    if (!place) return;
    place.textContent = words;
    clearTimeout(hintTimer);
    if (words) hintTimer = setTimeout(() => hint(""), 8000);
  }

  // --- Keys ---
  function step(by) {
    const links = [...rows.querySelectorAll("a.one")];
    if (!links.length) return;
    const here = links.indexOf(document.activeElement);
    const from = here >= 0 ? here : links.findIndex((link) => link.getAttribute("aria-current"));
    links[Math.min(links.length - 1, Math.max(0, from + by))].focus();
  }
  const press = (name) => $(`.acts [data-act="${name}"]`)?.click();
  const open = (name) => $(`.acts [data-dialog="${name}"]`)?.click();
  const box = (name) => $(`[data-box="${name}"]`, rows)?.click();
  const keys = {
    j: () => step(1), k: () => step(-1), "/": () => { $("#search").focus(); $("#search").select(); }, "?": () => dialog("help"),
    1: () => box("mine"), 2: () => box("waiting"), 3: () => box("all"),
    c: () => ($('.acts [data-act="claim"]') ? press("claim") : press("resume")), r: () => text() && choose("reply"),
    n: () => text() && choose("note"), i: () => $("#canned-button")?.click(), b: () => press("return"), w: () => press("wrap_up"),
    e: () => open("close-dialog"), t: () => open("transfer-dialog"), z: undo,
    p: () => document.body.classList.toggle("show-person"), l: () => { document.body.classList.add("show-person"); $("#labels input")?.focus(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.target.id === "text") {
      if (cannedOpen()) {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); cannedStep(event.key === "ArrowDown" ? 1 : -1); return; }
        if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); insert($('#canned [aria-selected="true"]')); return; }
        if (event.key === "Escape") { event.preventDefault(); canned(false); return; }
      }
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); return; }
    }
    if (event.key === "Escape" && !$("dialog[open]")) {
      if (document.body.classList.contains("show-person")) document.body.classList.remove("show-person");
      document.activeElement?.blur();
      return;
    }
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const run = keys[event.key];
    if (run) { event.preventDefault(); run(); }
  });

  waits();
  setInterval(waits, 20000);
  opened();
})();
