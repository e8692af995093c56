/** What one can choose of the feed: pause, kind, severity, cluster, words, grouped or one by one. */

import { el, mark, plain, say } from "../dom.js";
import { count } from "../words.js";
import { KINDS } from "./kinds.js";

const SEVERITIES = [["", "any severity"], ["warning", "warnings and errors"], ["error", "errors"]];
const TYPING_MS = 150;

export class Tools {
  constructor({ set, pause }) {
    this._pause = el("button", "button feed-pause", { type: "button", title: "Pause, go on (p)", on: { click: pause } });
    this._kind = choice("Kind", [["", "any kind"], ...KINDS.map((kind) => [kind, kind])], (kind) => set({ kind }));
    this._severity = choice("Severity", SEVERITIES, (severity) => set({ severity }));
    this._cluster = choice("Cluster", [["", "any cluster"]], (cluster) => set({ cluster }));
    this._search = el("input", "field feed-search", { type: "search", placeholder: "Name, host, reason, rule  /", ariaLabel: "Search events", attrs: { "data-search": "" }, spellcheck: false });
    this._search.addEventListener("input", () => this._typed(set));
    this._flat = el("input", "", { type: "checkbox", on: { change: () => set({ flat: this._flat.checked ? "" : "1" }) } });
    this.told = el("span", "dim feed-told");
    this.root = el("div", "feed-tools", {}, this._pause, this._search, this._kind, this._severity, this._cluster,
      el("label", "check", {}, this._flat, " group what comes together"), this.told);
    this.paused(false, 0);
  }

  show({ kind = "", severity = "", cluster = "", q = "", flat = "" }) {
    this._kind.value = kind;
    this._severity.value = severity;
    this._choose(cluster);
    if (document.activeElement !== this._search) this._search.value = q;
    this._flat.checked = flat !== "1";
  }

  paused(is, waiting) {
    mark(this._pause, "aria-pressed", String(is));
    say(this._pause, is ? `Go on (${count(waiting)} waiting)` : "Pause");
  }

  clusters(names) {
    const known = [...this._cluster.options].slice(1).map(({ value }) => value);
    if (known.join("\n") === names.join("\n")) return;
    const chosen = this._cluster.value;
    this._cluster.replaceChildren(new Option("any cluster", ""), ...names.map((name) => new Option(plain(name, 60), name)));
    this._choose(chosen);
  }

  /** A link may name a cluster that is not known yet. */
  _choose(cluster) {
    if (![...this._cluster.options].some(({ value }) => value === cluster)) this._cluster.append(new Option(plain(cluster, 60), cluster));
    this._cluster.value = cluster;
  }

  _typed(set) {
    clearTimeout(this._typing);
    this._typing = setTimeout(() => set({ q: this._search.value }), TYPING_MS);
  }
}

function choice(name, options, chosen) {
  const made = el("select", "field", { ariaLabel: name }, ...options.map(([value, word]) => new Option(word, value)));
  made.addEventListener("change", () => chosen(made.value));
  return made;
}
