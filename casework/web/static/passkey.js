// Passkeys: fetches what the house asks for, lets the browser answer, and sends the answer with the form.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = async (mode, o) => {
    const common = { ...o, challenge: bytes(o.challenge) };
    if (mode === "create") {
      return navigator.credentials.create({ publicKey: { ...common, user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: named(o.excludeCredentials) } });
    }
    return navigator.credentials.get({ publicKey: { ...common, allowCredentials: named(o.allowCredentials) } });
  };
  const told = (made) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[part]) response[part] = words(made.response[part]);
    }
    return { id: made.id, rawId: words(made.rawId), type: made.type, response, clientExtensionResults: {} };
  };

  for (const box of document.querySelectorAll("[data-passkey]")) {
    const form = box.closest("form"), button = box.querySelector("button"), says = box.querySelector(".state");
    box.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true; says.textContent = "";
      try {
        const token = form.elements.csrf_token;
        const answer = await fetch(box.dataset.options, { method: "POST", cache: "no-store", headers: token ? { "X-CSRFToken": token.value } : {} });
        if (answer.status === 403) { location.reload(); return; }
        if (!answer.ok) throw new Error(String(answer.status));
        const { options } = await answer.json();
        form.elements.passkey.value = JSON.stringify(told(await ask(box.dataset.passkey, options)));
        form.submit();
      } catch {
        button.disabled = false;
        says.textContent = "パスキーで確かめられませんでした。もう一度試すか、ほかの方法を使ってください。";
      }
    });
  }
})();
