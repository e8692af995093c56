/** Names and what they are, and how rules, hosts and words are shown among them. */

import { el, plain } from "../dom.js";
import { toHost } from "../routes.js";
import { brief } from "../words.js";

/** Pairs of a name and what it is; those that say nothing are left out. */
export function facts(pairs) {
  const said = pairs.filter(([, what]) => what !== null && what !== undefined && what !== "");
  return el("dl", "pairs", {}, ...said.flatMap(([name, what]) => [el("dt", "", {}, name), el("dd", "", {}, typeof what === "object" ? what : String(what))]));
}

export function hostLink(host) {
  return el("a", "", { href: toHost(host) }, plain(host));
}

export function code(rule) {
  return el("span", "rule", {}, plain(rule));
}

/** How a word came about, of what /explain keeps: asked for so long before, or said unasked. */
export function asked({ asked, at, times }) {
  const often = times > 1 ? `; ${times} times` : "";
  if (asked === null) return `unasked: its own word, an answer that did not come, or a timer${often}`;
  return `in answer to what it was asked ${brief(at - asked)} before${often}`;
}
