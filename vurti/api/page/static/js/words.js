/**
 * What statuses stand for: one table for canvas, lists and legends. A standing has a `tone` (its
 * colours are --TONE and --TONE-ink of palette.css), a `glyph`, a `word`, and `worse`: the order of
 * badness, where more is worse.
 */

const standing = (tone, glyph, word, worse) => ({ tone, glyph, word, worse });

/** Of hosts, worst first. */
export const HOSTS = {
  unreachable: standing("bad", "✕", "unreachable", 90),
  unfit: standing("bad", "!", "not fit", 80),
  silent: standing("slow", "?", "not answering", 70),
  stale: standing("stale", "⁄", "stale", 60),
  slow: standing("slow", "~", "slow", 40),
  coming: standing("move", "↑", "coming up", 30),
  maintenance: standing("away", "–", "maintenance", 20),
  ok: standing("ok", "", "ok", 0),
};
for (const [key, one] of Object.entries(HOSTS)) one.key = key;

const OF_HOSTS = {
  Up: HOSTS.ok,
  NonResponsive: HOSTS.unreachable,
  Down: HOSTS.unreachable,
  Kdumping: HOSTS.unreachable,
  NonOperational: HOSTS.unfit,
  Error: HOSTS.unfit,
  InstallFailed: HOSTS.unfit,
  Connecting: HOSTS.silent,
  Unassigned: HOSTS.coming,
  Initializing: HOSTS.coming,
  Reboot: HOSTS.coming,
  Installing: HOSTS.coming,
  InstallingOS: HOSTS.coming,
  PendingApproval: HOSTS.coming,
  Maintenance: HOSTS.maintenance,
  PreparingForMaintenance: HOSTS.maintenance,
};

/** Of VMs, by status; where a status has two faces (`Down` of itself or by an error), by face. */
export const VMS = {
  SplitBrain: standing("bad", "‼", "on two hosts at once", 99),
  Crashed: standing("bad", "✕", "ended with an error", 90),
  PausedByError: standing("bad", "‖", "paused by an error", 85),
  ImageIllegal: standing("bad", "!", "image illegal", 80),
  NotResponding: standing("slow", "?", "not responding", 70),
  Unknown: standing("stale", "⁄", "unknown", 60),
  Paused: standing("slow", "‖", "paused", 50),
  Unassigned: standing("off", "·", "unassigned", 35),
  MigratingFrom: standing("move", "→", "migrating away", 30),
  MigratingTo: standing("move", "→", "migrating here", 30),
  RebootInProgress: standing("move", "↻", "rebooting", 28),
  WaitForLaunch: standing("move", "↑", "waiting for launch", 26),
  PoweringUp: standing("move", "↑", "powering up", 25),
  RestoringState: standing("move", "↑", "restoring", 24),
  PoweringDown: standing("move", "↓", "powering down", 23),
  SavingState: standing("move", "↓", "suspending", 22),
  ImageLocked: standing("off", "–", "image locked", 15),
  Suspended: standing("off", "z", "suspended", 12),
  Down: standing("off", "–", "down", 10),
  Up: standing("ok", "", "up", 0),
};
for (const [key, one] of Object.entries(VMS)) one.key = key;

const ODD = standing("off", "·", "", 36);
const BY_ERROR = new Set(["EOTHER", "EIO", "ENOSPC", "EPERM"]);

/** How a status of a host stands, its age left out of account. */
export function ofHostStatus(status) {
  return OF_HOSTS[status] ?? HOSTS.unfit;
}

/** Which face of its status a VM shows: a key of VMS. */
export function faceOf(status, pause, exit, split = false) {
  if (split) return "SplitBrain";
  if (status === "Down" && exit === "Error") return "Crashed";
  if (status === "Paused" && BY_ERROR.has(pause)) return "PausedByError";
  return status;
}

/** How a face stands. */
export function ofVmFace(face) {
  return VMS[face] ?? ODD;
}

export const TONES = ["ok", "slow", "bad", "stale", "away", "move", "off"];

/** Seconds as people say them: `0.4 s`, `12 s`, `3 min 20 s`, `5 h 10 min`, `3 d 4 h`. */
export function span(secs) {
  if (secs < 0) return "0 s";
  if (secs < 9.95) return `${secs.toFixed(1)} s`;
  const whole = Math.round(secs);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return both(whole, 60, "min", 1, "s", 10);
  if (whole < 86400) return both(whole, 3600, "h", 60, "min", 24);
  return both(whole, 86400, "d", 3600, "h", 1e9);
}

function both(secs, unit, name, part, partName, wholeFrom) {
  const many = Math.floor(secs / unit);
  const rest = Math.floor((secs % unit) / part);
  return many >= wholeFrom || rest === 0 ? `${many} ${name}` : `${many} ${name} ${rest} ${partName}`;
}

/** The same for what takes next to no time: `4 ms`, `0.4 ms`. */
export function brief(secs) {
  if (secs >= 0.9995) return span(secs);
  return secs === 0 ? "0" : `${secs < 0.00995 ? (secs * 1000).toFixed(1) : Math.round(secs * 1000)} ms`;
}

/** The same without tenths, for what is counted in whole seconds. */
export function since(secs) {
  return secs < 60 ? `${Math.max(0, Math.floor(secs))} s` : span(secs);
}

const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** A moment, seconds since 1970, in local time: `14:05:09`, with its day where it is another. */
export function clock(at, now = Date.now() / 1000) {
  const day = Math.abs(now - at) > 43200 ? DAY : TIME;
  return day.format(new Date(at * 1000));
}

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** The same where there is little room: `14:05:09`, `26 Nov 14:05`. */
export function moment(at, now = Date.now() / 1000) {
  return Math.abs(now - at) > 43200 ? SHORT.format(new Date(at * 1000)).replace(",", "") : clock(at, now);
}

const NUMBER = new Intl.NumberFormat("en-US");

/** A whole number with its thousands set off. */
export function count(number) {
  return NUMBER.format(number);
}

/** `1 host`, `2 hosts`. */
export function many(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}
