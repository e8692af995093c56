/** What was considered besides: timers, announcements, intents, and words that did not count, each as an item. */

import { el, plain } from "../dom.js";
import { span } from "../words.js";
import { code, hostLink } from "./pairs.js";

/** A title and items below it; nothing where there are none, unless `none` says so. */
export function section(title, rows, none = null) {
  if (!rows.length && none === null) return "";
  const body = rows.length ? el("ul", "reasons", {}, ...rows) : el("p", "dim", {}, none);
  return el("section", "", {}, el("h3", "", {}, title), body);
}

export function waiting({ kind, due, would }, now) {
  const when = due > now ? `in ${span(due - now)}` : "now due";
  return el("li", "", {}, el("b", "", {}, `${when}: `), would || kind.replaceAll("_", " "));
}

export function announced({ kind, why, expires_at: until }, now) {
  const left = until ? `, for ${span(Math.max(until - now, 0))} more` : "";
  return el("li", "", {}, el("b", "", {}, kind.replaceAll("_", " ")), `${why ? `: ${plain(why, 200)}` : ""}${left}`);
}

export function intent({ kind, reason }) {
  return el("li", "", {}, el("b", "", {}, kind.replaceAll("_", " ")), reason ? `: ${plain(reason, 200)}` : "");
}

export function rejected({ rule, host, at, about, times }, now) {
  const often = times > 1 ? ` (${times} times or more)` : "";
  return el("li", "", {}, code(rule), about ? ` ${plain(about, 200)}` : "", el("span", "dim", {}, ` ${host ? `said by ` : ""}`), host ? hostLink(host) : "",
    el("span", "dim", {}, ` ${span(now - at)} ago${often}`));
}
