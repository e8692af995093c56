/** Where vurti wants a token: shown once, and never kept by the page. */

import { Refusal, ask } from "./api.js";
import { el, say } from "./dom.js";

export class Login {
  constructor(app) {
    this._app = app;
    this._dialog = null;
  }

  /** Open or close, as the line needs it. */
  look() {
    const needed = this._app.live.state === "token";
    if (needed && this._dialog === null) this._open();
    if (!needed && this._dialog !== null) this._close();
  }

  _open() {
    this._token = el("input", "field", {
      type: "password", id: "token", name: "token", autocomplete: "current-password", required: true,
      attrs: { spellcheck: "false", "aria-describedby": "token-why" },
    });
    this._why = el("p", "why", { id: "token-why", attrs: { role: "status" } });
    const form = el("form", "login", { on: { submit: (event) => this._submit(event) } },
      el("h1", "", {}, "vurti asks who you are"),
      el("p", "dim", {}, "Show a token that ", el("code", "mono", {}, "vurti token create"), " made. It is exchanged for a session of this browser, which ends after twelve hours or when vurti restarts."),
      el("label", "", { htmlFor: "token" }, "Token"),
      this._token,
      this._why,
      el("button", "button primary", { type: "submit" }, "Begin a session"));
    this._dialog = el("dialog", "dialog", { on: { cancel: (event) => event.preventDefault() } }, form);
    document.body.append(this._dialog);
    this._dialog.showModal();
    this._token.focus();
  }

  _close() {
    this._dialog.close();
    this._dialog.remove();
    this._dialog = null;
  }

  async _submit(event) {
    event.preventDefault();
    say(this._why, "");
    try {
      await ask("/session", { method: "PUT", body: { token: this._token.value.trim() } });
      this._app.live.start();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(this._why, `Not accepted: ${error.message}.`);
      this._token.select();
    }
  }
}
