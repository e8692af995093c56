/** One line of the feed. */

import { dress, el, mark, plain, say } from "../dom.js";
import { build } from "../routes.js";
import { told } from "../told.js";
import { moment } from "../words.js";
import { crowd } from "./lines.js";

/** An empty row; `toggle(id)` spreads its line out. */
export function made(id, toggle) {
  const more = el("button", "line-more", { type: "button", on: { click: () => toggle(id) } });
  return el("li", "feed-line", {},
    el("time", "line-when"), el("span", "sign", { attrs: { "aria-hidden": "true" } }), el("b", "line-words"),
    el("a", "line-thing cut"), el("span", "line-place dim cut"), el("span", "line-crowd", {}, more, el("b", "cut")),
    el("span", "line-why cut"), el("span", "line-rule dim cut"));
}

/** Says in a row what `row` of Lines.rows() is. */
export function renewed(node, { line, event, open }, now) {
  const many = event === null && line.events.length > 1;
  const shown = event ?? line.events[0];
  const { glyph, words, tone, weight } = event === null ? line.told : told(event);
  const [when, sign, said, thing, place, about, why, rule] = node.children;
  dress(node, `feed-line t-${tone} w-${weight}${event === null ? "" : " within"}${open && event === null ? " open" : ""}`);
  say(when, moment(event === null ? line.at : Date.parse(event.observed_at) / 1000, now));
  about.hidden = !many;
  if (many) gathered(about, line, open);
  dress(sign, `sign t-${tone}`);
  say(sign, glyph);
  say(said, words);
  thing.hidden = place.hidden = many;
  if (!many) {
    say(thing, nameOf(shown));
    mark(thing, "href", storyOf(shown));
    say(place, whereOf(shown));
  }
  say(why, many && new Set(line.events.map(({ reason }) => reason)).size > 1 ? "" : reasonOf(shown, words));
  say(rule, shown.rule ? plain(shown.rule, 60) : "");
}

function gathered(about, line, open) {
  const [more, whom] = about.children;
  say(more, `×${line.events.length}`);
  mark(more, "aria-expanded", String(open));
  mark(more, "aria-label", `${line.events.length} events: ${open ? "fold" : "show each"}`);
  say(whom, plain(crowd(line.events)));
}

function nameOf(event) {
  return plain("vm" in event ? event.name || event.vm : (event.host ?? ""), 60);
}

function storyOf(event) {
  const [view, id] = "vm" in event ? ["vm", event.vm] : ["host", event.host ?? ""];
  return build({ view, id, params: { step: event.seq } });
}

function whereOf(event) {
  if (!("vm" in event)) return plain(event.cluster ?? "", 40);
  if (event.from && event.to) return `${plain(event.from, 40)} → ${plain(event.to, 40)}`;
  return plain(event.run_on ?? event.host ?? "", 40);
}

function reasonOf({ reason = "" }, words) {
  return reason === words ? "" : plain(reason, 200);
}
