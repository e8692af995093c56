/** What happened in the last minute, by what it means to somebody who has just come in. */

const SECS = 60;

const KINDS = {
  VmAdded: "appeared",
  VmMigrated: "migrated",
  VmTakenOver: "migrated",
  VmRebooted: "rebooted",
  VmSplitBrainDetected: "split",
  VmRemoved: "forgotten",
};

/** A word for an event, or null where it is no news to somebody who looks at the whole. */
export function newsOf(event) {
  const marks = event.marks ?? [];
  if (marks.includes("crashed") || marks.includes("ended_with_error")) return "crashed";
  if (event.kind in KINDS) return KINDS[event.kind];
  if (event.before === event.after) return null;
  if ("vm" in event) return { Up: "came up", Down: "went down", Paused: "paused" }[event.after] ?? null;
  if (event.after === "Connecting" || event.after === "NonResponsive") return event.before === "Connecting" ? null : "lost";
  return event.after === "Up" && event.before !== "Unassigned" ? "back" : null;
}

const WORDS = [
  ["split", (n) => `${n} on two hosts at once`],
  ["lost", (n) => `${n} ${n === 1 ? "host" : "hosts"} fell silent`],
  ["back", (n) => `${n} ${n === 1 ? "host" : "hosts"} came back`],
  ["crashed", (n) => `${n} crashed`],
  ["paused", (n) => `${n} paused`],
  ["migrated", (n) => `${n} migrated`],
  ["rebooted", (n) => `${n} rebooted`],
  ["came up", (n) => `${n} came up`],
  ["went down", (n) => `${n} went down`],
  ["appeared", (n) => `${n} appeared`],
  ["forgotten", (n) => `${n} forgotten`],
];

export class Minute {
  constructor() {
    this._seen = 0;
    this._slots = new Map();  // second -> news -> number
  }

  /** Take in what is new in the ring; events have their own time, so that what came late counts then. */
  take(events) {
    for (const event of events.after(this._seen)) {
      const second = Math.floor(Date.parse(event.committed_at) / 1000);
      const slot = this._slots.get(second) ?? new Map([["all", 0]]);
      this._slots.set(second, slot);
      slot.set("all", slot.get("all") + 1);
      const news = newsOf(event);
      if (news !== null) slot.set(news, (slot.get(news) ?? 0) + 1);
    }
    this._seen = events.pushed;
  }

  /** In words, at vurti's time `wall`; `events` is how many there were of any kind. */
  told(wall) {
    const sum = new Map();
    for (const [second, slot] of this._slots) {
      if (second <= wall - SECS) this._slots.delete(second);
      else for (const [news, number] of slot) sum.set(news, (sum.get(news) ?? 0) + number);
    }
    const parts = WORDS.filter(([news]) => sum.get(news)).map(([news, word]) => word(sum.get(news)));
    return { events: sum.get("all") ?? 0, words: parts.join(", ") };
  }
}
