// What needs a script: keeping typed text, kana from the IME, rows, characters left, and a warning before time-out.
"use strict";
(() => {
  const body = document.body;
  const token = body.dataset.token;
  const form = document.querySelector("form[data-keep]");
  const EVERY = 5000;

  // Enter that ends a composition must never send a form (229: Safari and older Edge say so by key code).
  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229) { if (e.key === "Enter") { e.stopPropagation(); e.preventDefault(); } }
    else if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && form && form.contains(e.target)) {
      e.preventDefault();
      form.requestSubmit(form.querySelector(".send .primary"));
    }
  }, true);
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { setTimeout(() => { composing = false; }, 0); });

  // Kana as typed into the IME; a field that somebody edited is left alone.
  for (const kana of document.querySelectorAll("input[name$='kana']")) {
    const name = document.getElementById(kana.id.replace(/kana$/, "name"));
    if (!name) continue;
    let own = kana.value !== "", reading = "";
    kana.addEventListener("input", () => { own = kana.value !== ""; });
    name.addEventListener("compositionupdate", (e) => { if (/^[ぁ-ゖー　 ]+$/.test(e.data)) reading = e.data; });
    name.addEventListener("compositionend", () => {
      if (!own && reading) kana.value = (kana.value ? kana.value + " " : "") + reading.trim();
      reading = "";
    });
  }

  // Characters as people count them.
  const counter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("ja", { granularity: "grapheme" }) : null;
  const size = (text) => counter ? [...counter.segment(text)].length : [...text].length;
  for (const field of document.querySelectorAll("[data-limit]")) {
    const limit = Number(field.dataset.limit);
    if (limit > 10000) continue;
    const left = document.createElement("p");
    left.className = "count"; left.hidden = true;
    field.after(left);
    field.addEventListener("input", () => {
      const rest = limit - size(field.value);
      left.hidden = rest > limit * 0.2 && rest > 20;
      left.textContent = rest >= 0 ? `あと${rest}文字` : `${-rest}文字多くなっています`;
    });
  }

  // Another row of a repeated group, without a journey to the server.
  for (const group of document.querySelectorAll("[data-rows]")) {
    const button = group.querySelector("button[name=_again]");
    if (!button) continue;
    button.addEventListener("click", (e) => {
      e.preventDefault();
      const rows = group.querySelectorAll(":scope > .row");
      const last = rows[rows.length - 1];
      const name = group.dataset.rows;
      const at = Math.max(...[...group.querySelectorAll("[name]")].map((n) => Number((n.name.slice(name.length + 1).match(/^\d+/) || [0])[0]))) + 1;
      const was = last.querySelector("[name^='" + name + ".']").name.slice(name.length + 1).match(/^\d+/)[0];
      const fresh = last.cloneNode(true);
      const dots = `${name}.${was}.`, dashes = `f-${name.replaceAll(".", "-")}-${was}-`;
      for (const node of [fresh, ...fresh.querySelectorAll("*")]) {
        for (const key of ["id", "name", "for", "aria-describedby"]) {
          const value = node.getAttribute(key);
          if (value) node.setAttribute(key, value.replaceAll(dots, `${name}.${at}.`).replaceAll(dashes, `f-${name.replaceAll(".", "-")}-${at}-`));
        }
        if (node.matches("input[type=text], textarea")) { node.value = ""; node.removeAttribute("value"); }
        if (node.matches("textarea")) node.textContent = "";
        if (node.matches("input[type=radio], input[type=checkbox]")) node.checked = node.type === "radio" && node.value === "";
        if (node.matches("select")) node.selectedIndex = 0;
      }
      fresh.querySelectorAll(".error").forEach((n) => n.remove());
      fresh.querySelector("legend").textContent = fresh.querySelector("legend").textContent.replace(/\d+$/, String(rows.length + 1));
      last.after(fresh);
      fresh.querySelector("input, select, textarea").focus();
    });
  }

  const go = document.querySelector("form[data-go]");
  if (go) go.submit();

  // Who goes on writing in a field after a conflict wants their own text.
  for (const box of document.querySelectorAll(".beside")) {
    box.parentElement.addEventListener("input", (e) => { if (!box.contains(e.target)) box.querySelector("[value=mine]").checked = true; });
  }

  // On a slow line somebody has typed before this script came.
  let edited = [...document.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")].some((e) => e.value !== e.defaultValue);
  document.addEventListener("input", () => { edited = true; });
  const typed = form && token ? keep(form) : null;
  if (token) watch(Number(body.dataset.idleMinutes), Date.now() + Number(body.dataset.secondsLeft) * 1000);

  // Typed text is kept, sealed, on the server; a form is sent only when the server answers.
  function keep(form) {
    form.autocomplete = "off";  // going back shows an empty form: pressing again does nothing twice
    const says = document.createElement("p");
    says.className = "state"; says.setAttribute("role", "status");
    form.querySelector(".send").after(says);
    let dirty = false, sending = false, timer = null, saving = Promise.resolve(), waiting = 0;
    const pairs = () => [...new FormData(form)].filter(([n]) => !["csrf_token", "_key", "_draft"].includes(n)).map(([n, v]) => [n, String(v)]);
    const blank = edited ? "" : JSON.stringify(pairs());
    // The mark names what this window kept last: if another window went on from there, ours is kept beside it.
    const put = async (leaving) => {
      const content = JSON.stringify(pairs());
      const answer = await fetch("/api/v1/unsent", {
        method: "PUT", keepalive: leaving && content.length < 60000,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ form: location.pathname, content, mark: form.elements._draft.value }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      form.elements._draft.value = (await answer.json()).mark;
    };
    const inTurn = (leaving) => {
      waiting += 1;
      return (saving = saving.catch(() => {}).then(() => put(leaving)).finally(() => { waiting -= 1; }));
    };
    const save = async () => {
      timer = null;
      if (!dirty || composing) { if (dirty) timer = setTimeout(save, EVERY); return; }
      dirty = false;
      try { await inTurn(false); says.textContent = `書きかけを保存しました(${new Date().toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" })})`; }
      catch { dirty = true; timer = setTimeout(save, EVERY); says.textContent = "書きかけをまだ保存できていません。このまま続けて入力できます。"; }
    };
    form.addEventListener("input", () => { dirty = true; if (!timer) timer = setTimeout(save, EVERY); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && dirty && !sending) { dirty = false; inTurn(true).catch(() => { dirty = true; }); } });
    form.addEventListener("submit", async (e) => {
      if (sending || (e.submitter && e.submitter.name)) { sending = true; return; }
      e.preventDefault();
      const button = e.submitter || form.querySelector(".send .primary");
      try {
        const alive = await fetch("/healthz", { cache: "no-store" });
        if (!alive.ok) throw new Error("down");
        await saving.catch(() => {});  // what is being kept must not outlive what is sent
        sending = true; dirty = false;
        form.requestSubmit(button);
      } catch {
        says.setAttribute("role", "alert");
        says.textContent = "サーバーに接続できないため、まだ保存していません。入力した内容は画面に残っています。少し待ってから、もう一度押してください。";
      }
    });
    addEventListener("beforeunload", (e) => { if (dirty && !sending && JSON.stringify(pairs()) !== blank) e.preventDefault(); });
    addEventListener("pageshow", () => { sending = false; });
    if (edited || "posted" in body.dataset) { dirty = true; timer = setTimeout(save, EVERY); }  // or shown again after a refusal
    return { unsaved: () => dirty || waiting > 0 };
  }

  // The session is over: nobody who comes by reads what stood here. The server is not asked, which would be activity
  // again. What it does not have yet (text that is not kept, a page that answers what was sent) stays in the page, out
  // of sight, until whoever goes on is signed in.
  function close(reopened) {
    const left = typed ? typed.unsaved() : edited || "posted" in body.dataset;
    const parts = [...body.children].filter((e) => !e.matches("header, main, footer, .skip")).concat([...document.querySelector("main").children]);
    const title = document.title, panel = document.createElement("section");
    for (const part of parts) if (left) part.hidden = true; else part.remove();
    document.title = "画面を閉じました - casework";
    const says = Object.assign(document.createElement("p"), { textContent: "時間が過ぎたため、この画面の内容を隠しました。続けるには、もう一度サインインが必要なことがあります。" + (left ? "入力した内容は、この画面に残っています。" : typed ? "入力した内容は保存されています。" : "") });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "primary", textContent: "続ける" });
    panel.id = "closed"; panel.setAttribute("role", "alert");
    panel.append(Object.assign(document.createElement("h1"), { textContent: "画面を閉じました" }), says, button);
    document.querySelector("main").prepend(panel);
    button.addEventListener("click", async () => {
      let answer;
      try { answer = await fetch("/api/v1/session", { cache: "no-store" }); }
      catch { says.textContent = "サーバーに接続できません。少し待ってから、もう一度押してください。" + (left ? "入力した内容は、この画面に残っています。" : ""); return; }
      if (!left) { location.replace(location.pathname + location.search); return; }
      if (answer.ok) {
        panel.remove();
        for (const part of parts) part.hidden = false;
        document.title = title;
        reopened();
      } else if (typed) {
        const again = Object.assign(document.createElement("button"), { name: "_again" });
        form.append(again);
        form.requestSubmit(again);
      } else {
        says.textContent = "別のタブでサインインしてから、もう一度「続ける」を押してください。";
        if (!panel.querySelector("a")) panel.append(Object.assign(document.createElement("a"), { href: "/sign-in", target: "_blank", rel: "noopener", textContent: "別のタブでサインインする" }));
      }
    });
  }

  // Before the session ends, say so: five minutes when nobody does anything, a quarter of an hour when the day's limit
  // comes, which no work puts off. Typed text is kept either way.
  function watch(minutes, ends) {
    let last = Date.now();
    const mark = () => { last = Date.now(); };
    const box = (id, heading, text, button) => {
      if (document.getElementById(id)) return;
      const made = document.createElement("section");
      made.id = id; made.className = "banner warn"; made.setAttribute("role", "alert");
      for (const [tag, words] of [["h2", heading], ["p", text]]) made.append(Object.assign(document.createElement(tag), { textContent: words }));
      if (button) made.append(button);
      document.querySelector("main").prepend(made);
    };
    const drop = (id) => { const shown = document.getElementById(id); if (shown) shown.remove(); };
    const stay = () => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "secondary", textContent: "作業を続ける" });
      button.addEventListener("click", async () => {
        const answer = await fetch("/api/v1/session", { cache: "no-store" });
        if (answer.ok) { mark(); drop("timeout"); } else location.reload();
      });
      return button;
    };
    let closed = false;
    setInterval(() => {
      if (closed) return;
      if (Date.now() - last >= minutes * 60000 || Date.now() >= ends) {
        closed = true;
        drop("timeout"); drop("day-end");
        close(() => { closed = false; mark(); if (Date.now() >= ends) ends = Infinity; });
        return;
      }
      if (minutes - (Date.now() - last) / 60000 > 5) drop("timeout");
      else box("timeout", "まもなくサインアウトします", "入力した内容は自動で保存されます。", stay());
      if (ends - Date.now() <= 15 * 60000) box("day-end", "サインインの時間の上限が近づいています", "続けて操作していても、15分以内にサインアウトします。入力した内容は自動で保存されます。区切りのよいところで保存して、サインインし直してください。");
    }, 10000);
    const fetched = window.fetch;
    // Only what the server answered kept the session alive.
    window.fetch = async (...args) => {
      const answer = await fetched(...args);
      if (answer.ok && !String(args[0]).startsWith("/healthz")) mark();
      return answer;
    };
  }
})();
