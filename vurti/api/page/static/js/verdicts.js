/** The verdicts of the header: each a tone with its glyph, a word, and the figures that it rests on. */

import { brief, count, many, span } from "./words.js";

const well = (says, detail) => ({ tone: "ok", glyph: "✓", says, detail });
const odd = (says, detail) => ({ tone: "slow", glyph: "~", says, detail });
const bad = (says, detail) => ({ tone: "bad", glyph: "✕", says, detail });
const unknown = (says, detail) => ({ tone: "stale", glyph: "⁄", says, detail });

const LAG_SECS = 0.1;  // a loop that is later than that delays what it polls
const OLDEST_SECS = 2;
const FIGURES_SECS = 12;  // two readings have failed by then

/** Is this screen live? */
export function lineTo(live) {
  const silent = live.silentSecs();
  const word = silent === null ? "no word yet" : `last word ${span(silent)} ago`;
  switch (live.state) {
    case "live": return well("live", word);
    case "behind": return odd("behind", `${span(live.behindSecs)} to catch up with`);
    case "lost": return bad("lost", `${word}: ${live.why}; trying again`);
    case "token": return unknown("locked", "a token is wanted");
    default: return unknown("connecting", live.why || "asking for the fleet");
  }
}

/** How old is what is shown, against what it should be? */
export function truth(store, now) {
  const { ages } = store;
  if (ages === null) return unknown("not known yet", "no answer so far");
  const passed = Math.max(0, now - ages.at);
  if (passed > ages.stale_secs) return unknown("stale", `last told ${span(passed)} ago`);
  if (ages.p95_secs === null) return unknown("none heard", `${many(ages.hosts, "host")} asked, no answer yet`);
  const detail = `oldest ${span(ages.max_secs)}, target ${span(ages.target_secs)}` + (ages.unheard ? `; ${count(ages.unheard)} never heard` : "");
  const says = `p95 ${span(ages.p95_secs)} old`;
  return ages.p95_secs <= ages.target_secs ? well(says, detail) : odd(says, detail);
}

/** Does vurti itself keep up? */
export function keepingUp(pulse, now) {
  if (pulse.pipeline === null) return unknown("not known yet", "no figures so far");
  if (now - pulse.at > FIGURES_SECS) return unknown("not known", `last figures ${span(now - pulse.at)} ago`);
  const lag = meanLag(pulse);
  const waiting = (pulse.figure("vurti_inputs_waiting") ?? 0) + (pulse.figure("vurti_mailbox_items") ?? 0);
  const oldest = pulse.largest("vurti_mailbox_oldest_age_seconds") ?? 0;
  const dropped = (pulse.figure("vurti_subscriber_dropped_total") ?? 0) + (pulse.figure("vurti_mailbox_over_total") ?? 0);
  const detail = `hub lag ${brief(lag)}, ${count(waiting)} waiting, oldest ${span(oldest)}, ${count(dropped)} dropped`;
  const why = firstOf(pulse.health);
  if (why !== null) return bad("not ready", why);
  if (dropped > 0) return bad("has dropped", detail);
  if (oldest > OLDEST_SECS) return odd("storing late", detail);
  if (lag > LAG_SECS) return odd("lags", detail);
  if ((pulse.figure("vurti_demand") ?? 1) < 1) return odd("asks less often", detail);
  return well("keeps up", detail);
}

/** Of the heart-beats since the reading before: how late they were on average, in seconds. */
function meanLag(pulse) {
  const [sum, number] = ["sum", "count"].map((part) => {
    const name = `vurti_loop_lag_seconds_${part}`;
    return (pulse.figure(name) ?? 0) - (pulse.figure(name, pulse.before) ?? 0);
  });
  return number > 0 ? sum / number : 0;
}

/** The first check that is not well, in words. */
function firstOf(health) {
  if (health === null) return null;
  const lacking = Object.values(health.checks).find(({ ok }) => !ok);
  return lacking?.why ?? null;
}
