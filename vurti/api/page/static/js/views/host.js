/** A host: how it stands and why, what it holds, what befell it, what it is made of. */

import { Refusal } from "../api.js";
import { dress, el, plain, say } from "../dom.js";
import { doubtSecs } from "../doubt.js";
import { gauges } from "../host/gauges.js";
import { Guests } from "../host/guests.js";
import { made } from "../host/made.js";
import { build } from "../routes.js";
import { Story, panel } from "../story/story.js";
import { HOSTS, clock, ofHostStatus, span } from "../words.js";

const ASKED_SECS = 5;
const ASKED_AGAIN_SECS = 1;
const BEAT_SECS = 0.2;
const NO_SPELLS = new Map();
const UNKNOWN = { glyph: "⁄", tone: "stale", words: "not known yet", why: "" };
const GONE = { glyph: "∅", tone: "off", words: "not watched", why: "no inventory has it, or it is not known" };

export function open(root, app, params) {
  return new View(root, app, params);
}

class View {
  constructor(root, app, params) {
    this._app = app;
    this._id = params.id;
    this._path = `/hosts/${encodeURIComponent(this._id)}`;
    this._record = null;
    this._askedAt = this._guestsAt = -Infinity;
    this._sign = el("span", "sign", { attrs: { "aria-hidden": "true" } });
    this._status = el("b", "");
    this._since = el("span", "dim");
    this._cluster = el("span", "");
    this._heard = el("span", "dim");
    this._why = el("p", "subject-why");
    this._gauges = el("div", "gauges panel");
    this._made = el("div", "made");
    this._guests = new Guests();
    this._story = new Story(app, this._of(), params);
    this._story.lists.append(panel("VMs on it", this._guests.root, this._guests.count));
    this._story.lists.classList.add("three");
    root.append(
      el("header", "subject", {}, el("div", "subject-line", {}, el("h1", "cut", {}, plain(this._id, 80))),
        el("div", "subject-line", {}, this._sign, this._status, this._since, this._cluster, this._heard), this._why),
      this._gauges, this._story.root, panel("What it is made of", this._made));
    app.keys.tell("host", [["← →", "the step before, the step after"], ["Home", "the first step"], ["End", "how it stands now"]]);
  }

  params(params) {
    this._story.params(params);
  }

  frame(now, changes) {
    this._head(now);
    if (now - this._guestsAt >= BEAT_SECS) this._showGuests(now);
    this._story.frame(changes);
    if (now - this._askedAt > (changes.hosts.has(this._id) ? ASKED_AGAIN_SECS : ASKED_SECS)) this._ask(now);
  }

  _showGuests(now) {
    this._guestsAt = now;
    const doubt = doubtSecs(this._app.store, { host: this._id }, now, this._app.live.now());
    this._guests.show(this._host?.vms ?? [], this._app.live.now(), doubt);
  }

  close() {
    this._closed = true;
    this._guests.close();
    this._story.close();
  }

  get _host() {
    return this._app.store.hosts.get(this._id);
  }

  _of() {
    return {
      path: this._path,
      isOf: (event) => event.host === this._id && !("vm" in event),
      ofHosts: true,
      stands: () => this._stands(),
      label: (host) => el("span", "lane-label", {}, plain(host, 40)),
      spells: () => NO_SPELLS,
    };
  }

  /** How it stands: its status, unless what is known is too old. */
  _stands() {
    const host = this._host;
    if (!this._app.store.filled) return UNKNOWN;
    if (host === undefined) return GONE;
    const { glyph, tone, word } = this._app.store.standing(host, this._app.now());
    return { glyph, tone, words: word, why: plain(host.why, 200) };
  }

  _head(now) {
    const host = this._host;
    const stands = this._stands();
    const wall = this._app.live.now();
    dress(this._sign, `sign t-${stands.tone}`);
    say(this._sign, stands.glyph);
    say(this._status, stands.words);
    dress(this._status, `ink t-${stands.tone}`);
    say(this._since, host === undefined ? "" : `${host.status} since ${clock(host.since, wall)}, ${span(wall - host.since)}`);
    this._inCluster(host);
    say(this._heard, host === undefined ? "" : heard(host, this._app.store, now));
    say(this._why, this._reason(host));
  }

  _inCluster(host) {
    const name = host?.cluster ?? "";
    if (this._cluster.dataset.name === name) return;
    this._cluster.dataset.name = name;
    const link = el("a", "", { href: build({ view: "fleet", params: { cluster: name } }) }, plain(name, 60));
    this._cluster.replaceChildren(...(name ? ["cluster ", link] : []));
  }

  /** Why it is not well, and its maintenance. */
  _reason(host) {
    if (host === undefined) return "";
    const taken = this._record?.maintenance;
    const away = taken ? `taken away${taken.why ? `: ${plain(taken.why, 200)}` : ""}${taken.until ? `, until ${clock(taken.until, this._app.live.now())}` : ""}` : "";
    const reason = host.reason === "NONE" ? "" : host.reason.replaceAll("_", " ").toLowerCase();
    const why = ofHostStatus(host.status) === HOSTS.ok ? "" : plain(host.why, 300);
    return [why, reason, away].filter(Boolean).join("; ");
  }

  async _ask(now) {
    this._askedAt = now;
    try {
      this._record = await this._app.api(`${this._path}?fields=*`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return;
    }
    if (this._closed) return;
    this._gauges.replaceChildren(...gauges(this._record, this._app.live.now()));
    this._made.replaceChildren(made(this._record, this._app.live.now()));
  }
}

/** When it last answered. */
function heard(host, store, now) {
  if (store.ages === null) return "";
  if (host.heardAt === -Infinity) return "never heard of since vurti started";
  return `answered ${host.exact ? "" : "within "}${span(now - host.heardAt)}${host.exact ? " ago" : ""}`;
}
