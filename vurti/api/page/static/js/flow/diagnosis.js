/** What is wrong with the flow, in words, the worst first. Pure. */

import { brief, count, many, span } from "../words.js";

const WORSE = { bad: 3, slow: 2, stale: 1 };
const LATE_SECS = 2;
const LAG_SECS = 0.1;
const LATENESS_SECS = 0.25;
const UNREAD_SECS = 1;
const MISSED_SHARE = 0.05;
const WAITING_INPUTS = 200;
const SINK_LATE_SECS = 30;

const bad = (says, then = "") => ({ tone: "bad", glyph: "✕", says, then });
const odd = (says, then = "") => ({ tone: "slow", glyph: "!", says, then });

/** `figures` are Figures, `health` is /health or null. Each finding has `says` and, what follows, `then`. */
export function diagnosis(figures, health) {
  const found = [...ofHealth(health), ...ofStoring(figures), ...ofPolling(figures), ...ofProcess(figures), ...ofTelling(figures)];
  return found.sort((one, other) => WORSE[other.tone] - WORSE[one.tone]);
}

/** What is said where nothing is wrong. */
export function allWell(figures) {
  const answers = figures.rate("vurti_polls_total", ({ outcome }) => outcome === "answered");
  const oldest = figures.largest("vurti_mailbox_oldest_age_seconds");
  const told = answers === null ? "" : `${one(answers)} answers and ${one(figures.rate("vurti_pushes_total"))} words of their own a second. `;
  const waits = oldest > 0 ? `The oldest change that is not stored yet has waited ${brief(oldest)}` : "Nothing waits to be stored";
  return { tone: "ok", glyph: "✓", says: "What hosts tell is decided and stored as it comes.", then: `${told}${waits}; nothing was dropped.` };
}

const one = (number) => (number < 10 ? number.toFixed(1) : count(Math.round(number)));
const percent = (share) => `${Math.round(100 * share)} %`;

function ofHealth(health) {
  if (health === null) return [];
  const found = Object.entries(health.checks).filter(([, { ok }]) => !ok).map(([name, { why }]) => bad(`${name}: ${why}.`, "vurti says that it is not ready."));
  if (health.judgement_held) found.push(odd(`No host is judged just now: ${health.judgement_held}.`, "A host that does not answer stays as it is until that is over."));
  return found;
}

function ofStoring(figures) {
  const found = [];
  const failing = figures.largest("vurti_store_failing_seconds");
  if (failing > 0) found.push(bad(`The store has refused for ${span(failing)}.`, "What is decided waits and adds up; nothing of it is lost."));
  const oldest = figures.largest("vurti_mailbox_oldest_age_seconds");
  const waiting = figures.sum("vurti_mailbox_items");
  if (failing === 0 && oldest > LATE_SECS) found.push(odd(`Storing is late: the oldest of ${many(waiting, "change")} has waited ${span(oldest)}.`, "Look at the disk or the database: commits take long."));
  const demand = figures.smallest("vurti_demand", 1);
  if (demand < 1) found.push(odd(`Hosts are asked less often: demand is ${percent(demand)}.`, "More is told than can be read or stored, so polls are thinned out; no host is blamed for it."));
  const sums = figures.grown("vurti_mailbox_sums_total") + figures.grown("vurti_subscriber_sums_total");
  if (sums > 0) found.push(odd(`${many(sums, "pair")} of changes became one for want of room.`, "Crashes, reboots and split brains are never summed away."));
  const over = figures.grown("vurti_mailbox_over_total");
  if (over > 0) found.push(bad(`${many(over, "change")} came beyond the bound of what may wait.`, "[repository] waiting_max is that bound."));
  const redone = figures.grown("vurti_commit_retries_total");
  if (redone > 0) found.push(odd(`${many(redone, "commit")} had to be tried again.`));
  return found;
}

function ofPolling(figures) {
  const found = [];
  const missed = figures.grown("vurti_polls_total", ({ outcome }) => outcome !== "answered");
  const all = figures.grown("vurti_polls_total");
  if (all > 0 && missed / all > MISSED_SHARE) found.push(odd(`${percent(missed / all)} of what hosts are asked is not answered (${worst(figures)}).`, "The fleet shows which hosts."));
  const late = figures.mean("vurti_poll_lateness_seconds");
  if (late > LATENESS_SECS) found.push(odd(`Questions leave ${brief(late)} late.`, "vurti itself is slow: the process has too much to do."));
  const unread = figures.largest("vurti_unread_seconds");
  if (unread > UNREAD_SECS) found.push(odd(`What hosts tell waits ${brief(unread)} to be read.`, "More is told than one core takes in: news are that late."));
  const unheard = figures.sum("vurti_hosts_never_heard");
  if (unheard > 0) found.push(odd(`${many(unheard, "host")} never answered since vurti started.`));
  const bugs = figures.sum("vurti_fetch_bugs_total");
  if (bugs > 0) found.push(bad(`${many(bugs, "question")} ended in a bug of vurti.`, "The log has its traceback: please tell us."));
  return found;
}

/** Why most of what was missed was. */
function worst(figures) {
  const kinds = figures.labels("vurti_polls_total", "outcome").filter((kind) => kind !== "answered");
  const grown = kinds.map((kind) => [kind, figures.grown("vurti_polls_total", ({ outcome }) => outcome === kind)]).filter(([, number]) => number > 0);
  return grown.sort(([, one], [, other]) => other - one).slice(0, 3).map(([kind, number]) => `${kind} ${count(number)}`).join(", ");
}

function ofProcess(figures) {
  const found = [];
  const waiting = figures.sum("vurti_inputs_waiting");
  if (waiting > WAITING_INPUTS) found.push(odd(`${count(waiting)} inputs wait to be decided.`, "More comes in than one core decides."));
  const lag = figures.mean("vurti_loop_lag_seconds");
  if (lag > LAG_SECS) found.push(odd(`The loop wakes ${brief(lag)} late.`, "Something computes for long while all else waits; the log names subscribers that do."));
  if (figures.grown("vurti_stalls_total") > 0) found.push(bad("The whole process stood still.", "Time-outs of that while count for nothing."));
  if (figures.grown("vurti_mass_losses_total") > 0) found.push(bad("Most hosts fell silent at once.", "That is put down to the network between, not to the hosts."));
  if (figures.grown("vurti_clock_steps_total") > 0) found.push(odd("The wall clock was set."));
  if (figures.sum("vurti_log_failures_total") > 0) found.push(bad("Lines of the log could not be written.", "The disk may be full."));
  return found;
}

function ofTelling(figures) {
  const found = [];
  for (const stream of figures.labels("vurti_subscribers_cut_off_total", "stream")) found.push(...ofStream(figures, stream));
  for (const sink of figures.labels("vurti_sink_lag_seconds", "sink")) found.push(...ofSink(figures, sink));
  for (const inventory of figures.labels("vurti_inventory_up", "inventory")) found.push(...ofInventory(figures, inventory));
  const refused = figures.grown("vurti_api_refused_total");
  if (refused > 0) found.push(odd(`The limit of rate refused ${many(refused, "request")}.`, "[api] requests_per_sec is that limit."));
  if (figures.grown("vurti_stream_failures_total") > 0) found.push(bad("The log could not be read for the live stream."));
  return found;
}

function ofStream(figures, stream) {
  const fits = (labels) => labels.stream === stream;
  const cut = figures.sum("vurti_subscribers_cut_off_total", fits);
  const dropped = figures.sum("vurti_subscriber_dropped_total", fits);
  if (cut > 0) return [bad(`The stream ${stream} cut off ${many(cut, "subscriber")}${dropped ? `, and dropped ${many(dropped, "item")} with that` : ""}.`, "Who raises, stalls or computes too long is cut off; the log names it.")];
  const errors = figures.grown("vurti_subscriber_errors_total", fits);
  return errors > 0 ? [odd(`A subscriber of the stream ${stream} raised ${count(errors)} times.`)] : [];
}

function ofSink(figures, sink) {
  const fits = (labels) => labels.sink === sink;
  const failing = figures.largest("vurti_sink_failing_seconds", fits);
  const lag = figures.largest("vurti_sink_lag_seconds", fits);
  const dead = figures.sum("vurti_sink_dead_letters_total", fits);
  const found = [];
  if (failing > 0) found.push(bad(`The sink ${sink} has failed for ${span(failing)}.`, "Its place in the log is kept: it goes on from there."));
  else if (lag > SINK_LATE_SECS) found.push(odd(`The sink ${sink} is ${span(lag)} behind.`));
  if (dead > 0) found.push(odd(`The receiver of ${sink} could not read ${many(dead, "event")}: put aside.`, "vurti sinks shows them."));
  return found;
}

function ofInventory(figures, inventory) {
  const fits = (labels) => labels.inventory === inventory;
  const found = [];
  if (figures.sum("vurti_inventory_up", fits) === 0) found.push(bad(`The inventory ${inventory} does not answer.`, "Its hosts stay as they were."));
  const spoilt = figures.sum("vurti_inventory_bad_entries", fits);
  if (spoilt > 0) found.push(odd(`The inventory ${inventory} has ${many(spoilt, "entry")} that cannot be used.`.replace("entrys", "entries")));
  return found;
}
