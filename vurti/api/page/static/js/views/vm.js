/** A VM's story. */

import { dress, el, plain, say } from "../dom.js";
import { doubtSecs, doubted } from "../doubt.js";
import { toHost } from "../routes.js";
import { Spells } from "../story/spells.js";
import { Story } from "../story/story.js";
import { NOWHERE } from "../story/weave.js";
import { HOSTS, clock, ofVmFace, span } from "../words.js";

export function open(root, app, params) {
  return new View(root, app, params);
}

class View {
  constructor(root, app, params) {
    this._app = app;
    this._id = params.id;
    this._sign = el("span", "sign", { attrs: { "aria-hidden": "true" } });
    this._name = el("h1", "cut");
    this._status = el("b", "");
    this._since = el("span", "dim");
    this._place = el("span", "place");
    this._heard = el("span", "dim");
    root.append(el("header", "subject", {},
      el("div", "subject-line", {}, this._name, el("span", "mono dim cut", {}, plain(this._id, 80))),
      el("div", "subject-line", {}, this._sign, this._status, this._since, this._place, this._heard)));
    this._spells = new Spells(app);
    this._story = new Story(app, {
      path: `/vms/${encodeURIComponent(this._id)}`,
      isOf: (event) => event.vm === this._id,
      ofHosts: false,
      stands: () => this._stands(),
      label: (host) => this._label(host),
      spells: (hosts) => this._spells.of(hosts),
    }, params);
    root.append(this._story.root);
    app.keys.tell("vm", [["← →", "the step before, the step after"], ["Home", "the first step"], ["End", "how it stands now"]]);
  }

  params(params) {
    this._story.params(params);
  }

  frame(now, changes) {
    this._head(now);
    this._spells.frame(changes);
    this._story.frame(changes);
  }

  close() {
    this._story.close();
  }

  get _vm() {
    return this._app.store.vms.get(this._id) ?? null;
  }

  _stands() {
    const vm = this._vm;
    if (!this._app.store.filled) return { glyph: "⁄", tone: "stale", words: "not known yet", why: "" };
    if (vm === null) return { glyph: "∅", tone: "off", words: "not there", why: "no host lists it, or it is not known" };
    const secs = doubtSecs(this._app.store, vm, this._app.now(), this._app.live.now());
    const known = { ...ofVmFace(vm.face), word: ofVmFace(vm.face).word || vm.status };
    const { glyph, tone, word } = secs === null ? known : doubted(known, secs);
    return { glyph, tone, words: word, why: plain(vm.why, 200), doubtSecs: secs };
  }

  _head(now) {
    const vm = this._vm;
    const stands = this._stands();
    dress(this._sign, `sign t-${stands.tone}`);
    say(this._sign, stands.glyph);
    say(this._name, plain(vm?.name || this._id, 80));
    say(this._status, stands.words);
    say(this._since, vm === null ? "" : `since ${clock(vm.since, this._app.live.now())}, ${span(this._app.live.now() - vm.since)}`);
    this._where(vm, now);
  }

  _where(vm, now) {
    if (!this._app.store.filled) return;
    const host = vm?.host ?? null;
    if (this._place.dataset.host !== String(host)) {
      this._place.dataset.host = String(host);
      this._place.replaceChildren(...(host === null ? ["on no host"] : ["on ", el("a", "", { href: toHost(host) }, plain(host, 60))]));
    }
    const known = host === null ? undefined : this._app.store.hosts.get(host);
    say(this._heard, known === undefined ? "" : heard(known, this._app.store, now));
  }

  _label(host) {
    if (host === NOWHERE) return el("span", "lane-label dim", {}, "on no host");
    const known = this._app.store.hosts.get(host);
    const standing = known === undefined ? null : this._app.store.standing(known, this._app.now());
    const sign = standing === null || standing === HOSTS.ok ? "" : el("span", `sign t-${standing.tone}`, { title: standing.word }, standing.glyph);
    return el("span", "lane-label", {}, el("a", "cut", { href: toHost(host), tabIndex: -1, title: plain(host) }, plain(host, 60)), sign);
  }
}

function heard(host, store, now) {
  const standing = store.standing(host, now);
  const age = store.ages === null ? "" : host.exact ? `, heard ${span(now - host.heardAt)} ago` : `, heard within ${span(now - host.heardAt)}`;
  return standing === HOSTS.ok ? age.slice(2) : `${standing.word}${age}`;
}
