/* Passkeys: a form with data-passkey asks this device to make or to show one, and then goes on as a form.
   Without this script nothing is shown that needs it. Written for old browsers. */
(function () {
  "use strict";
  var kept = navigator.credentials;
  if (!window.PublicKeyCredential || !window.fetch || !window.URLSearchParams || !kept) { return; }

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    var made = new Uint8Array(plain.length);
    for (var i = 0; i < plain.length; i++) { made[i] = plain.charCodeAt(i); }
    return made;
  }

  function text(buffer) {
    var all = new Uint8Array(buffer), plain = "";
    for (var i = 0; i < all.length; i++) { plain += String.fromCharCode(all[i]); }
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function post(form, url, fields) {
    var sent = new URLSearchParams();
    sent.append("token", form.getAttribute("data-token") || form.elements.token.value);
    Object.keys(fields).forEach(function (name) { sent.append(name, fields[name]); });
    return fetch(url, { method: "POST", body: sent, credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    });
  }

  function ask(make, options) {
    options.challenge = bytes(options.challenge);
    if (!make) { return kept.get({ publicKey: options }); }
    options.user.id = new TextEncoder().encode(options.user.id);
    options.excludeCredentials.forEach(function (one) { one.id = bytes(one.id); });
    return kept.create({ publicKey: options });
  }

  function written(found) {
    var response = { clientDataJSON: text(found.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (found.response[name]) { response[name] = text(found.response[name]); }
    });
    return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response: response });
  }

  function ready(form) {
    var trouble = form.querySelector("[data-trouble]"), proof = form.getAttribute("data-proof");
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (form.getAttribute("aria-busy")) { return; }
      form.setAttribute("aria-busy", "true");
      trouble.hidden = true;
      post(form, form.getAttribute("data-passkey"), {}).then(function (answer) {
        return ask(form.hasAttribute("data-make"), answer.publicKey);
      }).then(function (found) {
        if (proof) { return post(form, proof, { credential: written(found) }); }
        form.elements.credential.value = written(found);
      }).then(function () {
        HTMLFormElement.prototype.submit.call(form);
      }).catch(function () {
        form.removeAttribute("aria-busy");
        trouble.hidden = false;
      });
    });
  }

  Array.prototype.forEach.call(document.querySelectorAll("form[data-passkey]"), ready);
  Array.prototype.forEach.call(document.querySelectorAll("[data-without]"), function (one) { one.hidden = true; });
})();
