/** What is told of the host that is pointed at. */

import { dress, el, plain, say } from "../dom.js";
import { many, ofVmFace, since, span } from "../words.js";
import { sinceOf, whyOf } from "./lines.js";

const WIDTH = 290;

export class Card {
  constructor(app) {
    this._app = app;
    this._sign = el("span", "sign");
    this._name = el("b", "cut");
    this._word = el("span", "ink");
    this._why = el("p", "dim");
    this._vms = el("dd");
    this._age = el("dd");
    this._cluster = el("dd", "cut");
    this._facts = el("dl", "host-facts", {},
      el("dt", "", {}, "Cluster"), this._cluster,
      el("dt", "", {}, "VMs"), this._vms,
      el("dt", "", {}, "Heard"), this._age);
    this._head = el("div", "host-card-head", {}, this._sign, this._name, this._word);
    this.root = el("div", "host-card", { id: "host-card", hidden: true }, this._head, this._why, this._facts);
  }

  /** Beside its cell, where there is room. */
  place(x, y, cell, made) {
    const right = x + cell.width + 10;
    const left = right + WIDTH > made.width ? Math.max(0, x - WIDTH - 10) : right;
    const below = left < x + cell.width && left + WIDTH > x ? y + cell.height + 10 : y;
    Object.assign(this.root.style, { left: `${left}px`, top: `${below}px` });
    this.root.hidden = false;
  }

  hide() {
    this.root.hidden = true;
  }

  show(host, now) {
    const { store, live } = this._app;
    const standing = store.standing(host, now);
    dress(this._sign, `sign t-${standing.tone}`);
    dress(this._word, `ink t-${standing.tone}`);
    say(this._sign, standing.glyph);
    say(this._name, plain(host.id, 60));
    const secs = sinceOf(host, standing, now, live.now());
    say(this._word, secs === null ? standing.word : `${standing.word} for ${since(secs)}`);
    const why = whyOf(host, standing, store.ages, now);
    say(this._why, why);
    this._why.hidden = !why;
    say(this._cluster, host.cluster ? plain(host.cluster, 60) : "none");
    say(this._vms, vmsOf(host));
    say(this._age, heard(host, store.ages, now));
  }
}

/** `20 VMs, 1 paused, 2 migrating away` */
function vmsOf(host) {
  const odd = new Map();
  for (const { face } of host.vms) if (face !== "Up") odd.set(face, (odd.get(face) ?? 0) + 1);
  const parts = [...odd].sort(([a], [b]) => ofVmFace(b).worse - ofVmFace(a).worse);
  return [many(host.vms.size, "VM"), ...parts.map(([face, number]) => `${number} ${ofVmFace(face).word || face}`)].join(", ");
}

function heard(host, ages, now) {
  if (ages === null) return "not known yet";
  if (host.heardAt === -Infinity) return "never since vurti started";
  if (!host.exact) return `within ${span(Math.max(ages.target_secs, now - ages.at))}`;
  return `${span(now - host.heardAt)} ago`;
}
