/** Keys that work everywhere, and the list of all of them. */

import { el } from "./dom.js";

const VIEWS = { 1: "fleet", 2: "vms", 3: "events", 4: "pipeline" };
const EVERYWHERE = [
  ["1 2 3 4", "fleet, VMs, events, pipeline"],
  ["/", "search"],
  ["Esc", "leave the search; back to the fleet"],
  ["t", "light or dark"],
  ["?", "these keys"],
];

export class Keys {
  constructor(app) {
    this._app = app;
    this._of = new Map();  // view -> its own keys, [[key, what it does]]
    this._dialog = null;
    document.addEventListener("keydown", (event) => this._pressed(event));
  }

  /** A view tells its own keys, for the list. */
  tell(view, keys) {
    this._of.set(view, keys);
  }

  show() {
    if (this._dialog !== null) return;
    const own = this._of.get(this._app.route.view) ?? [];
    const close = el("button", "button", { type: "button", on: { click: () => this._dialog.close() } }, "Close");
    this._dialog = el("dialog", "dialog keys", { attrs: { "aria-labelledby": "keys-title" } },
      el("h1", "", { id: "keys-title" }, "Keys"),
      list(EVERYWHERE),
      ...(own.length ? [el("h2", "", {}, "Here"), list(own)] : []),
      close);
    this._dialog.addEventListener("close", () => {
      this._dialog.remove();
      this._dialog = null;
    });
    document.body.append(this._dialog);
    this._dialog.showModal();
  }

  _pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches?.("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (this._does(event.key)) event.preventDefault();
  }

  _does(key) {
    if (key in VIEWS) this._app.go({ view: VIEWS[key] });
    else if (key === "/") document.querySelector("[data-search]")?.focus();
    else if (key === "t") this._app.theme.toggle();
    else if (key === "?") this.show();
    else if (key === "Escape" && this._app.route.id) this._app.go({ view: "fleet" });
    else return false;
    return true;
  }
}

function list(keys) {
  const rows = keys.flatMap(([key, what]) => [
    el("dt", "", {}, ...key.split(" ").map((one) => el("kbd", "", {}, one))),
    el("dd", "", {}, what),
  ]);
  return el("dl", "keylist", {}, ...rows);
}
