/** The VMs that a host holds, the worst first. */

import { dress, el, mark, plain, say } from "../dom.js";
import { toVm } from "../routes.js";
import { Tape } from "../tape.js";
import { inOrder } from "../store.js";
import { doubted } from "../doubt.js";
import { ofVmFace, span } from "../words.js";

const ROW = 34;

export class Guests {
  constructor() {
    this._vms = [];
    this._now = 0;
    this._tape = new Tape({
      className: "guests", rowHeight: ROW,
      key: (n) => this._vms[n].id,
      make: (n) => make(this._vms[n].id),
      renew: (row, n) => renew(row, this._vms[n], this._now, this._doubtSecs),
      attrs: { "aria-label": "Its VMs, the worst first" },
    });
    this.root = this._tape.root;
    this.count = el("span", "");
  }

  close() {
    this._tape.close();
  }

  /** `vms` are records of the store, `now` vurti's time; `doubtSecs` as of doubt.js. */
  show(vms, now, doubtSecs) {
    this._now = now;
    this._doubtSecs = doubtSecs;
    this._vms = [...vms].sort((one, other) => ofVmFace(other.face).worse - ofVmFace(one.face).worse || inOrder(one.name || one.id, other.name || other.id));
    say(this.count, String(this._vms.length));
    this._tape.show(this._vms.length);
  }
}

function make(id) {
  return el("li", "guest", {}, el("span", "sign", { attrs: { "aria-hidden": "true" } }), el("a", "cut", { href: toVm(id) }), el("span", "guest-word"), el("span", "dim guest-since"));
}

function renew(row, vm, now, doubtSecs) {
  const known = ofVmFace(vm.face);
  const { glyph, tone, word } = doubtSecs === null ? known : doubted(known, doubtSecs);
  const [sign, link, said, since] = row.children;
  dress(row, `guest t-${tone}`);
  dress(sign, `sign t-${tone}`);
  say(sign, glyph);
  say(link, plain(vm.name || vm.id, 60));
  say(said, word || vm.status);
  say(since, span(Math.max(now - vm.since, 0)));
  mark(row, "title", vm.why ? plain(vm.why, 200) : null);
}
