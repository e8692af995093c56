/** What is wrong, worst first: hosts, and VMs that need somebody. */

import { dress, el, plain, say } from "./dom.js";
import { sinceOf, whyOf } from "./grid/lines.js";
import { toHost, toVm } from "./routes.js";
import { inOrder } from "./store.js";
import { HOSTS, count, ofVmFace, since } from "./words.js";

const ROWS_MAX = 60;
const AT_REST = new Set([HOSTS.ok, HOSTS.maintenance]);

/** Hosts that are not as they should be, those left out that do not fit. Their `standing` is looked at. */
export function worstHosts(hosts, fits = () => true) {
  const found = [];
  for (const host of hosts) if (!AT_REST.has(host.standing) && fits(host)) found.push(host);
  return found.sort((a, b) => b.standing.worse - a.standing.worse || a.since - b.since || inOrder(a.id, b.id));
}

/** VMs that need somebody; of those that stand alike the latest is first: the others are known by now. */
export function worstVms(store, fits = () => true) {
  const found = [...store.troubled].filter(fits);
  return found.sort((a, b) => ofVmFace(b.face).worse - ofVmFace(a.face).worse || b.since - a.since);
}

/** A list of rows that are made once and then only changed. */
export class Worst {
  constructor(title, none) {
    this._none = none;
    this._rows = [];
    this._number = el("span", "dim");
    this._list = el("ol", "worst-rows");
    this._empty = el("p", "none dim", {}, none);
    this._rest = el("p", "rest dim");
    this.root = el("section", "worst", { attrs: { "aria-label": title } },
      el("header", "", {}, el("h2", "", {}, title), this._number), this._empty, this._list, this._rest);
  }

  /** `rows` are `{href, standing, name, secs, why}`. */
  show(total, rows, known) {
    say(this._number, total ? count(total) : "");
    say(this._empty, known ? this._none : "Not known yet.");
    this._empty.hidden = total > 0;
    while (this._rows.length < rows.length) this._rows.push(this._made());
    while (this._rows.length > rows.length) this._rows.pop().item.remove();
    rows.forEach((row, index) => fill(this._rows[index], row));
    say(this._rest, total > rows.length ? `and ${count(total - rows.length)} more` : "");
  }

  _made() {
    const row = { sign: el("span", "sign"), name: el("b", "cut"), word: el("span", "word ink"), secs: el("span", "secs"), why: el("span", "why dim") };
    row.link = el("a", "worst-row", {}, row.sign, row.name, row.word, row.secs, row.why);
    row.item = el("li", "", {}, row.link);
    this._list.append(row.item);
    return row;
  }
}

export function hostRows(found, app, now) {
  const wall = app.live.now();
  return found.slice(0, ROWS_MAX).map((host) => ({
    href: toHost(host.id),
    standing: host.standing,
    name: host.id,
    secs: sinceOf(host, host.standing, now, wall),
    why: whyOf(host, host.standing, app.store.ages, now),
  }));
}

export function vmRows(found, app) {
  const wall = app.live.now();
  return found.slice(0, ROWS_MAX).map((vm) => ({
    href: toVm(vm.id),
    standing: ofVmFace(vm.face),
    name: vm.name || vm.id,
    secs: Math.max(0, wall - vm.since),
    why: vm.why,
  }));
}

function fill(row, { href, standing, name, secs, why }) {
  if (row.link.getAttribute("href") !== href) row.link.setAttribute("href", href);
  dress(row.sign, `sign t-${standing.tone}`);
  dress(row.word, `word ink t-${standing.tone}`);
  say(row.sign, standing.glyph);
  say(row.name, plain(name, 60));
  say(row.word, standing.word);
  say(row.secs, secs === null ? "" : since(secs));
  say(row.why, plain(why, 300));
  if (row.link.title !== why) row.link.title = why;
}
