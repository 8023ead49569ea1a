// The console's script: live thread and list, keys, composer, notifications. No library.
"use strict";
(() => {
  const main = document.querySelector("main.columns");
  if (!main) return;
  const $ = (selector, root = document) => root.querySelector(selector);
  const id = main.dataset.conversation;
  let seq = Number(main.dataset.seq);
  const cookie = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";
  const api = (act) => `/api/desk/conversations/${id}/${act}`;
  const fail = (message) => { const place = $("#error"); if (place) place.textContent = message || ""; };

  async function post(url, body) {
    const answer = await fetch(url, {
      method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie() }, body: JSON.stringify(body || {}),
    });
    if (answer.status === 401) { location.reload(); throw new Error("ログインし直してください。"); }
    const data = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(data.message || "うまくいきませんでした。もう一度お試しください。");
    return data;
  }
  async function part(url) {
    const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "console" } });
    if (!answer.ok || answer.redirected) throw new Error("読み込めませんでした。");
    return answer.text();
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
  const rows = $("#rows");
  const refreshRows = once(async () => {
    const query = new URLSearchParams(location.search);
    const box = $(".boxes [aria-current]", rows);
    if (box && !query.get("box")) query.set("box", box.dataset.box);
    query.set("current", id);
    const focused = rows.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    rows.innerHTML = await part(`/desk/list/?${query}`);
    if (focused) [...rows.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused)?.focus();
    waits();
  });
  let later;
  const rowsSoon = () => { clearTimeout(later); later = setTimeout(refreshRows, 150); };
  function waits() {
    for (const place of document.querySelectorAll("[data-since]")) {
      const minutes = Math.max(0, Math.floor((Date.now() - new Date(place.dataset.since)) / 60000));
      place.textContent = minutes < 60 ? `${minutes}分` : `${Math.floor(minutes / 60)}時間${minutes % 60}分`;
    }
  }
  waits();
  setInterval(waits, 20000);
  $("#label-filter").addEventListener("change", (event) => event.target.form.submit());

  // --- Thread ---
  const log = $("#log");
  const atEnd = () => !log || log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  const toEnd = () => { if (log) log.scrollTop = log.scrollHeight; };
  toEnd();
  const refreshLog = once(async () => {
    const stay = !atEnd();
    const holder = document.createElement("template");
    holder.innerHTML = await part(`/desk/c/${id}/new/?after=${seq}`);
    for (const event of holder.content.querySelectorAll(".event")) {
      const number = Number(event.dataset.seq);
      if (number <= seq) { event.remove(); continue; }
      seq = number;
    }
    log.append(holder.content);
    if (!stay) toEnd();
  });
  const refreshHead = once(async () => { $("#head").innerHTML = await part(`/desk/c/${id}/head/`); ready(); waits(); });
  const refreshPerson = once(async () => { $("#person").innerHTML = await part(`/desk/c/${id}/person/`); });

  let kind = "reply";
  const text = $("#text");
  function ready() {
    if (!text) return;
    const head = $(".thread-head");
    const mine = head.dataset.mine === "1" && ["active", "wrap_up"].includes(head.dataset.state);
    if (!mine && kind === "reply") {
      text.placeholder = head.dataset.state === "closed" ? "この相談は終了しています" : "返信するには「担当する」を押してください";
      text.disabled = true;
    } else {
      text.disabled = false;
      text.placeholder = kind === "note" ? "スタッフだけに見えるメモ" : "返信を書く（Ctrl+Enterで送信）";
    }
    $("#send").disabled = text.disabled;
    $("#composer").classList.toggle("note", kind === "note");
    text.setAttribute("aria-label", kind === "note" ? "メモ" : "返信");
    for (const button of document.querySelectorAll("[data-kind]")) {
      button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
    }
  }
  function choose(next) { kind = next; ready(); if (!text.disabled) text.focus(); }

  let typingAt = 0;
  function stopTyping() { if (typingAt) { typingAt = 0; post(api("typing"), { typing: false }).catch(() => undefined); } }
  if (text) {
    const kept = `desk-draft-${id}`;
    text.value = sessionStorage.getItem(kept) || "";
    text.addEventListener("input", () => {
      sessionStorage.setItem(kept, text.value);
      if (kind === "reply" && Date.now() - typingAt > 4000) {
        typingAt = Date.now();
        post(api("typing"), { typing: true }).catch(() => undefined);
      }
    });
    let uid = null, sending = false;
    $("#composer").addEventListener("submit", async (event) => {
      event.preventDefault();
      const words = text.value.trim();
      if (!words || sending) return;
      sending = true;
      uid = uid || (crypto.randomUUID ? crypto.randomUUID() : null);
      try {
        await post(api(kind), uid ? { text: words, id: uid } : { text: words });
        text.value = "";
        uid = null;
        sessionStorage.removeItem(kept);
        fail("");
        stopTyping();
        toEnd();
        refreshLog();
      } catch (error) { fail(error.message); }
      sending = false;
      text.focus();
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
        event.preventDefault();
        $("#composer").requestSubmit();
      }
    });
    $("#canned").addEventListener("change", (event) => {
      if (event.target.value) {
        if (text.disabled) choose("note");
        text.setRangeText(event.target.value, text.selectionStart, text.selectionEnd, "end");
        event.target.value = "";
        text.focus();
      }
    });
    ready();
  }

  async function act(name, body) {
    try { await post(api(name), body); fail(""); } catch (error) { fail(error.message); }
    refreshHead(); refreshLog(); rowsSoon();
    if (name === "claim" || name === "resume") setTimeout(() => { if (text && !text.disabled) text.focus(); }, 400);
  }
  function dialog(name) { const box = document.getElementById(name); if (box && !box.open) box.showModal(); }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.act) act(button.dataset.act);
    else if (button.dataset.dialog) dialog(button.dataset.dialog);
    else if (button.dataset.kind) choose(button.dataset.kind);
    else if ("person" in button.dataset) document.body.classList.toggle("show-person");
    else if (button.id === "help-button") dialog("help");
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method === "dialog" && form.dataset.act && event.submitter?.value === "ok") {
      act(form.dataset.act, Object.fromEntries(new FormData(form)));
      form.reset();
    }
    if (form.dataset.swap) {
      event.preventDefault();
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (answer.ok) { $("#person").innerHTML = await answer.text(); rowsSoon(); refreshHead(); }
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest("#labels")) {
      const labels = [...document.querySelectorAll("#labels input:checked")].map((box) => box.value);
      post(api("labels"), { labels }).then(rowsSoon, (error) => fail(error.message));
    }
    if (event.target.id === "away") ping(event.target.checked);
  });

  // --- Presence, notifications ---
  function ping(away) {
    const body = new FormData();
    if (away !== undefined) body.set("away", away ? "1" : "0");
    fetch("/desk/presence/", { method: "POST", body, headers: { "X-CSRFToken": cookie() } }).catch(() => undefined);
  }
  setInterval(() => ping(), 60000);
  const notify = $("#notify");
  if (notify && "Notification" in window && Notification.permission === "default") {
    notify.hidden = false;
    notify.addEventListener("click", async () => { await Notification.requestPermission(); notify.hidden = true; });
  }
  const known = new Map();
  function tell(change) {
    const before = known.get(change.conversation);
    known.set(change.conversation, change.state);
    const waiting = change.state === "queued" && before !== "queued";
    const mine = change.conversation === id && document.hidden;
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    if (waiting || mine) {
      // No words of the conversation: notifications stand on locked screens.
      const note = new Notification(change.urgent ? "至急の相談があります" : waiting ? "相談の順番待ちがあります" : "新しい発言があります", { tag: change.conversation });
      note.onclick = () => { window.focus(); location.href = `/desk/c/${change.conversation}/`; };
    }
  }

  // --- Live ---
  const stream = new EventSource(`/api/desk/events${id ? `?conversation=${id}&after=${seq}` : ""}`);
  stream.addEventListener("changed", (event) => { tell(JSON.parse(event.data)); rowsSoon(); });
  stream.onmessage = (event) => {
    const data = JSON.parse(event.data);
    if (!id || !data.seq) return;
    if (data.from === "user") hint("");
    refreshLog();
    if (data.type === "status") refreshHead();
    if (data.type === "note" || data.card) refreshPerson();
  };
  let hintTimer;
  function hint(words) {
    const place = $("#hint");
    if (!place) return;
    place.textContent = words;
    clearTimeout(hintTimer);
    if (words) hintTimer = setTimeout(() => hint(""), 8000);
  }
  stream.addEventListener("hint", (event) => {
    const data = JSON.parse(event.data);
    if (data.conversation !== id || data.type !== "typing") return;
    if (data.from === "user") hint(data.state === "start" ? "相談者が入力中です…" : "");
    else if ($(".thread-head")?.dataset.mine !== "1") hint(data.state === "start" ? `${data.name || "ほかの担当者"}さんが入力中です…` : "");
  });

  // --- Keys ---
  function step(by) {
    const links = [...rows.querySelectorAll("a.one")];
    if (!links.length) return;
    const now = links.indexOf(document.activeElement);
    const from = now >= 0 ? now : links.findIndex((link) => link.getAttribute("aria-current"));
    links[Math.min(links.length - 1, Math.max(0, from + by))].focus();
  }
  const press = (name) => $(`.acts [data-act="${name}"]`)?.click();
  const open = (name) => $(`.acts [data-dialog="${name}"]`)?.click();
  const keys = {
    j: () => step(1), k: () => step(-1), "/": () => $("#search").focus(), "?": () => dialog("help"),
    1: () => rows.querySelector('[data-box="mine"]').click(), 2: () => rows.querySelector('[data-box="waiting"]').click(),
    3: () => rows.querySelector('[data-box="all"]').click(),
    c: () => ($('.acts [data-act="claim"]') ? press("claim") : press("resume")), r: () => text && choose("reply"),
    n: () => text && choose("note"), i: () => $("#canned")?.focus(), b: () => press("return"),
    e: () => open("close-dialog"), t: () => open("transfer-dialog"), p: () => document.body.classList.toggle("show-person"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !$("dialog[open]")) { document.activeElement?.blur(); return; }
    const typing = event.target.closest("input, textarea, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const run = keys[event.key];
    if (run) { event.preventDefault(); run(); }
  });
})();
