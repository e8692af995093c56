/**
 * Where one is, in the location: `#/fleet?cluster=east&q=db`, `#/host/ID`, `#/vm/ID`. Whatever can be
 * shared is in it, and nothing else is.
 */

const ONE = new Set(["host", "vm"]);
export const VIEWS = ["fleet", "vms", "events", "pipeline", ...ONE];
const FIRST = "fleet";

/** The route that a hash names: `{view, id, params}`; the fleet where it names none. */
export function parse(hash) {
  const [path, query = ""] = cut(hash.replace(/^#\/?/, ""), "?");
  const [view, rest = ""] = cut(path, "/");
  if (!VIEWS.includes(view)) return { view: FIRST, id: "", params: {} };
  const id = ONE.has(view) ? decoded(rest) : "";
  if (ONE.has(view) && !id) return { view: FIRST, id: "", params: {} };
  return { view, id, params: Object.fromEntries(new URLSearchParams(query)) };
}

/** The hash of a route. Parameters that say nothing are left out. */
export function build({ view, id = "", params = {} }) {
  const told = Object.entries(params).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = new URLSearchParams(told).toString();
  const path = ONE.has(view) ? `${view}/${encodeURIComponent(id)}` : view;
  return `#/${path}${query ? `?${query}` : ""}`;
}

/** The links to one host, one VM. */
export const toHost = (id) => build({ view: "host", id });
export const toVm = (id) => build({ view: "vm", id });

function cut(text, at) {
  const place = text.indexOf(at);
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";  // somebody has cut it in the middle of a character
  }
}
