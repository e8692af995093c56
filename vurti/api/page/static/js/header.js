/** The first five seconds: is this screen live, how are the hosts, how old is the truth, does vurti keep up. */

import { dress, el, mark, say } from "./dom.js";
import { keepingUp, lineTo, truth } from "./verdicts.js";
import { build } from "./routes.js";
import { HOSTS, count, many } from "./words.js";

const TABS = [
  ["fleet", "Fleet"],
  ["vms", "VMs"],
  ["events", "Events"],
  ["pipeline", "Pipeline"],
];
const STANDINGS = [HOSTS.ok, HOSTS.slow, HOSTS.silent, HOSTS.stale, HOSTS.unreachable, HOSTS.unfit, HOSTS.coming, HOSTS.maintenance];
const ALWAYS = new Set([HOSTS.ok, HOSTS.slow, HOSTS.stale, HOSTS.unreachable, HOSTS.maintenance]);

export class Header {
  constructor(root, app) {
    this._app = app;
    this._line = verdict("Screen");
    this._truth = verdict("State of hosts");
    this._own = verdict("vurti itself");
    this._hosts = new Map(STANDINGS.map((one) => [one, this._standing(one)]));
    this._total = el("span", "label");
    const hosts = el("section", "verdict hosts", { attrs: { "aria-label": "Hosts" } }, this._total,
      el("div", "standings", {}, ...[...this._hosts.values()].map(({ link }) => link)));
    this._tabs = new Map(TABS.map(([view, name]) => [view, el("a", "tab", { href: build({ view }) }, name)]));
    const theme = el("button", "button quiet", { type: "button", title: "Light or dark (t)", ariaLabel: "Light or dark", on: { click: () => app.theme.toggle() } }, "◐");
    const keys = el("button", "button quiet", { type: "button", title: "Keys (?)", ariaLabel: "Keys", on: { click: () => app.keys.show() } }, "?");
    root.append(
      el("div", "verdicts", {}, this._line.root, hosts, this._truth.root, this._own.root),
      el("nav", "tabs", { attrs: { "aria-label": "Views" } },
        el("a", "brand", { href: build({ view: "fleet" }) }, "vurti"), ...this._tabs.values(), el("span", "space"), theme, keys));
    this.went();
  }

  /** The location is another. */
  went() {
    const { view, params } = this._app.route;
    const tab = { host: "fleet", vm: "vms" }[view] ?? view;
    for (const [name, link] of this._tabs) mark(link, "aria-current", name === tab ? "page" : null);
    for (const [standing, { link }] of this._hosts) {
      const chosen = view === "fleet" && params.status === standing.key;
      mark(link, "aria-current", chosen ? "true" : null);
      mark(link, "href", build({ view: "fleet", params: { status: chosen ? "" : standing.key } }));
    }
  }

  frame(now) {
    show(this._line, lineTo(this._app.live));
    show(this._truth, truth(this._app.store, now));
    show(this._own, keepingUp(this._app.pulse, now));
    const { total: found } = this._app.census.at(now);
    const { filled, hosts, vms } = this._app.store;
    say(this._total, filled ? `${many(hosts.size, "host")}, ${many(vms.size, "VM")}` : "Hosts: not known yet");
    for (const [standing, { link, number }] of this._hosts) {
      const many = found.get(standing) ?? 0;
      say(number, count(many));
      link.hidden = many === 0 && !ALWAYS.has(standing);
      dress(link, `standing t-${standing.tone}${many === 0 ? " none" : ""}`);
    }
    document.title = title(found, this._app.live);
  }

  _standing(standing) {
    const number = el("b", "number", {}, "0");
    const sign = el("span", `sign t-${standing.tone}`, { attrs: { "aria-hidden": "true" } }, standing.glyph);
    const link = el("a", "standing", { href: build({ view: "fleet", params: { status: standing.key } }) }, sign, number, el("span", "word", {}, standing.word));
    return { link, number };
  }
}

function verdict(name) {
  const sign = el("span", "sign", { attrs: { "aria-hidden": "true" } });
  const word = el("b", "");
  const more = el("span", "more");
  const root = el("section", "verdict", { attrs: { "aria-label": name } }, el("span", "label", {}, name), el("div", "says", {}, sign, word), more);
  return { root, sign, word, more };
}

function show({ root, sign, word, more }, { tone, glyph, says, detail }) {
  dress(root, `verdict t-${tone}`);
  dress(sign, `sign t-${tone}`);
  say(sign, glyph);
  say(word, says);
  say(more, detail);
}

/** What a tab of the browser shows: how many hosts are in trouble, or that nothing is known. */
function title(found, live) {
  if (live.state !== "live" && live.state !== "behind") return `(${live.state}) vurti`;
  let bad = 0;
  for (const [standing, number] of found) if (standing.worse >= HOSTS.stale.worse) bad += number;
  return bad ? `(${bad}) vurti` : "vurti";
}
