/** Which events of the feed are shown. Pure. */

const WORSE = { normal: 0, warning: 1, error: 2 };

/** The parameters of the location that choose, and no others. */
export const NAMES = ["kind", "severity", "cluster", "q"];

/** A test of events for `{kind, severity, cluster, q}`; what is empty chooses nothing. */
export function fitting({ kind = "", severity = "", cluster = "", q = "" }) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const least = WORSE[severity] ?? 0;
  return (event) =>
    (kind === "" || event.kind === kind) &&
    (least === 0 || (WORSE[event.severity] ?? 0) >= least) &&
    (cluster === "" || event.cluster === cluster) &&
    (words.length === 0 || hasAll(textOf(event), words));
}

function textOf(event) {
  const { kind, name = "", vm = "", host = "", reason = "", rule = "", before, after, marks = [] } = event;
  return [kind, name, vm, host, reason, rule, before, after, ...marks].join(" ").toLowerCase();
}

function hasAll(text, words) {
  return words.every((word) => text.includes(word));
}
