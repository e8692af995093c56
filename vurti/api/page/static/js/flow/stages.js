/** The stages of the flow with their figures, from Figures. Pure. */

import { brief, count, span } from "../words.js";

const ANSWERED = ({ outcome }) => outcome === "answered";
const MISSED = ({ outcome }) => outcome !== "answered";

/** Names and values; `tone` where a value that is not 0 is a sign of trouble. */
const fact = (name, value, tone = "") => ({ name, value, tone });
const number = (value) => (value === null ? "–" : count(Math.round(value)));
const ALL = () => true;
/** A counter that should stay as it is: it stands out while it grows. */
const zero = (name, f, figure, tone = "slow", fits = ALL) => fact(name, number(f.sum(figure, fits)), f.grown(figure, fits) > 0 ? tone : "");

/** A number a second as people read it. */
export function pace(value) {
  if (value === null) return "–";
  return value === 0 || value >= 10 ? number(value) : value.toFixed(1);
}

/** Each stage: {key, title, about, rate, unit, fill (share of what it holds, or null), facts}. */
export function stages(f) {
  return [hosts(f), order(f), decide(f), live(f), waits(f), stored(f), told(f)];
}

function hosts(f) {
  const demand = f.smallest("vurti_demand", 1);
  const left = (why, tone) => zero(why, f, "vurti_beats_left_out_total", tone, (labels) => labels.why === why);
  return {
    key: "hosts", title: "Hosts", about: "are asked, and speak by themselves", fill: null, unit: "answers/s",
    rate: f.rate("vurti_polls_total", ANSWERED),
    facts: [
      fact("watched", number(f.sum("vurti_hosts_watched"))),
      fact("by themselves", `${pace(f.rate("vurti_pushes_total"))} /s`),
      fact("missed", `${pace(f.rate("vurti_polls_total", MISSED))} /s`, f.rate("vurti_polls_total", MISSED) > 0 ? "slow" : ""),
      fact("late by", brief(f.mean("vurti_poll_lateness_seconds"))),
      fact("demand", `${Math.round(100 * demand)} %`, demand < 1 ? "slow" : ""),
      left("thinned", "slow"),
      left("skipped", ""),
    ],
  };
}

function order(f) {
  return {
    key: "order", title: "One order", about: "every input numbered, one at a time", fill: null, unit: "inputs/s",
    rate: f.rate("vurti_inputs_total"),
    facts: [
      fact("queue", number(f.sum("vurti_inputs_waiting")), f.sum("vurti_inputs_waiting") > 200 ? "slow" : ""),
      fact("timers", number(f.sum("vurti_timers"))),
      fact("loop lag", brief(f.mean("vurti_loop_lag_seconds")), f.mean("vurti_loop_lag_seconds") > 0.1 ? "slow" : ""),
      zero("stood still", f, "vurti_stalls_total"),
    ],
  };
}

function decide(f) {
  const held = f.largest("vurti_judgement_held");
  return {
    key: "decide", title: "Decided", about: "by the rules, without a clock", fill: null, unit: "events/s",
    rate: f.rate("vurti_events_total"),
    facts: [
      fact("decisions", `${pace(f.rate("vurti_decisions_total"))} /s`),
      fact("judging", held ? "held" : "yes", held ? "slow" : ""),
      fact("announced", number(f.sum("vurti_expectations_open"))),
      fact("to be done", number(f.sum("vurti_intents_open"))),
    ],
  };
}

function live(f) {
  return {
    key: "live", title: "Live streams", about: "provisional, each behind a bulkhead", fill: null, unit: "subscribers",
    rate: f.sum("vurti_subscribers"),
    facts: [
      fact("queue", number(f.largest("vurti_subscriber_waiting_items"))),
      fact("oldest", brief(f.largest("vurti_subscriber_oldest_seconds"))),
      zero("summed", f, "vurti_subscriber_sums_total"),
      zero("dropped", f, "vurti_subscriber_dropped_total", "bad"),
      zero("cut off", f, "vurti_subscribers_cut_off_total", "bad"),
    ],
  };
}

function waits(f) {
  const [items, capacity] = [f.sum("vurti_mailbox_items"), f.sum("vurti_mailbox_capacity_items")];
  return {
    key: "waits", title: "Waits to be stored", about: "bounded: beyond it what waits adds up", unit: "waiting",
    rate: items, fill: capacity ? items / capacity : null,
    facts: [
      fact("of at most", number(capacity)),
      fact("oldest", brief(f.largest("vurti_mailbox_oldest_age_seconds")), f.largest("vurti_mailbox_oldest_age_seconds") > 2 ? "slow" : ""),
      fact("peak", number(f.largest("vurti_mailbox_peak_items"))),
      zero("summed", f, "vurti_mailbox_sums_total"),
      zero("found no room", f, "vurti_mailbox_over_total", "bad"),
      fact("samples replaced", number(f.sum("vurti_statistics_replaced_total"))),
    ],
  };
}

function stored(f) {
  const failing = f.largest("vurti_store_failing_seconds");
  return {
    key: "stored", title: "Stored", about: "rows and log in one transaction", fill: null, unit: "events/s",
    rate: f.rate("vurti_committed_events_total"),
    facts: [
      fact("commits", `${pace(f.rate("vurti_commits_total"))} /s`),
      fact("a commit takes", brief(f.mean("vurti_commit_duration_seconds"))),
      fact("rows", `${pace(f.rate("vurti_committed_rows_total"))} /s`),
      zero("tried again", f, "vurti_commit_retries_total"),
      fact("refused for", failing > 0 ? span(failing) : "0", failing > 0 ? "bad" : ""),
      fact("log", `${number(f.sum("vurti_log_last_cursor"))} events`),
    ],
  };
}

function told(f) {
  const lag = f.largest("vurti_sink_lag_seconds");
  const sinks = f.labels("vurti_sink_sent_total", "sink").length;
  return {
    key: "told", title: "Told", about: "sinks, the API, this page", fill: null, unit: "answers/s",
    rate: f.rate("vurti_api_answers_total"),
    facts: [
      fact("stream readers", number(f.sum("vurti_stream_readers"))),
      fact("sinks", number(sinks)),
      ...(sinks ? [fact("sinks behind", span(lag), lag > 30 ? "slow" : ""), zero("put aside", f, "vurti_sink_dead_letters_total")] : []),
      zero("read anew", f, "vurti_stream_resyncs_total"),
      zero("refused", f, "vurti_api_refused_total"),
    ],
  };
}

/** One row for each place where something may wait: {name, rate, queue, oldest, peak, summed, dropped}. */
export function places(f) {
  const rows = [];
  const scopes = f.labels("vurti_inputs_total", "scope");
  for (const scope of scopes) {
    const of = scopes.length > 1 ? `${scope}: ` : "";
    const own = (labels) => labels.scope === scope;
    rows.push({ name: `${of}inputs`, rate: f.rate("vurti_inputs_total", own), queue: f.sum("vurti_inputs_waiting", own), oldest: null, peak: null, summed: null, dropped: null });
    for (const box of f.labels("vurti_mailbox_items", "mailbox")) rows.push(mailbox(f, `${of}store ${box}`, (labels) => own(labels) && labels.mailbox === box));
  }
  for (const stream of f.labels("vurti_subscribers", "stream")) rows.push(subscribers(f, stream));
  for (const sink of f.labels("vurti_sink_lag_seconds", "sink")) rows.push(receiver(f, sink));
  return rows;
}

function mailbox(f, name, fits) {
  return {
    name, rate: null, queue: f.sum("vurti_mailbox_items", fits), oldest: f.largest("vurti_mailbox_oldest_age_seconds", fits),
    peak: f.largest("vurti_mailbox_peak_items", fits), summed: f.sum("vurti_mailbox_sums_total", fits), dropped: f.sum("vurti_mailbox_over_total", fits),
  };
}

function subscribers(f, stream) {
  const fits = (labels) => labels.stream === stream;
  return {
    name: `stream ${stream}`, rate: null, queue: f.largest("vurti_subscriber_waiting_items", fits), oldest: f.largest("vurti_subscriber_oldest_seconds", fits),
    peak: f.largest("vurti_subscriber_peak_items", fits), summed: f.sum("vurti_subscriber_sums_total", fits), dropped: f.sum("vurti_subscriber_dropped_total", fits),
  };
}

function receiver(f, sink) {
  const fits = (labels) => labels.sink === sink;
  return {
    name: `sink ${sink}`, rate: f.rate("vurti_sink_sent_total", fits), queue: null, oldest: f.largest("vurti_sink_lag_seconds", fits),
    peak: null, summed: null, dropped: f.sum("vurti_sink_dropped_total", fits) + f.sum("vurti_sink_dead_letters_total", fits),
  };
}
