/** How a thing stands now, and why: what made it so, what is waited for, what did not count. */

import { el, plain } from "../dom.js";
import { clock, span } from "../words.js";
import { announced, intent, rejected, section, waiting } from "./considered.js";
import { asked, code, facts, hostLink } from "./pairs.js";

const SAME_SECS = 0.05;

/** `explained` is what /explain told last; null before that, undefined where there is nothing to explain. */
export function standing(explained, state) {
  if (explained === undefined) return el("div", "evidence", {}, el("p", "dim", {}, "vurti has no record of it: no host lists it any more, or none ever did."));
  if (explained === null) return el("div", "evidence", {}, el("p", "dim", {}, "asking why …"));
  const { stands, now } = state;
  return el("div", "evidence", {},
    el("h2", "evidence-title", {}, el("span", `sign t-${stands.tone}`, { attrs: { "aria-hidden": "true" } }, stands.glyph), `now: ${stands.words}`),
    ...(stands.doubtSecs ? [el("p", "", {}, "Its host is silent: what is shown was so when it was last heard.")] : []),
    facts([
      ["decided by", explained.decided ? code(explained.decided.rule) : explained.rule ? code(explained.rule) : null],
      ["because", explained.decided ? plain(explained.decided.about, 300) : stands.why],
      ["on the word of", explained.decided?.host ? el("span", "", {}, hostLink(explained.decided.host), `, ${asked(explained.decided)}`) : null],
      ["since", explained.observed_at ? `${clock(explained.observed_at, now)}, ${span(now - explained.observed_at)} ago` : null],
    ]),
    ...late(explained, now),
    section("Waited for", explained.waiting.map((one) => waiting(one, now)), "No timer runs for it."),
    section("Announced", explained.expectations.map((one) => announced(one, now))),
    section("To be done", explained.intents.map(intent)),
    section("What did not count", explained.rejected.toReversed().map((one) => rejected(one, now)), "Nothing was rejected of late."),
  );
}

/** Why it is so is stored at the rate of statistics, a little later than what is so. */
function late({ explained_at: at, observed_at: since }, now) {
  if (!at || at > since - SAME_SECS) return [];
  return [el("p", "dim", {}, `What follows was so ${span(now - at)} ago, before its last step.`)];
}
