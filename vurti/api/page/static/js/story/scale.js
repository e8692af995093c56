/**
 * Where a moment is in the picture. Two kinds: to scale, where a second is as wide as any other; and by
 * steps, where every step can be seen because quiet time between two of them is folded: its width grows
 * with the logarithm of its length only. `x` of a scale gives a moment's place, `at` a place's moment.
 * Times are seconds since 1970, places are pixels. Pure.
 */

const GAP_MIN = 26;
const GAP_MAX = 190;
const FOLDED_SECS = 120;
const TICK_WIDTH = 92;
const EDGE = 26;

/** How wide the quiet between two steps is drawn, before it is stretched to fill the picture. */
export function gapWidth(secs) {
  return Math.min(GAP_MIN + 17 * Math.log2(1 + Math.max(secs, 0)), GAP_MAX);
}

/** Every step visible: `times` in order, the last of them is the end of the picture. */
export function bySteps(times, widthMin) {
  const knots = places(times, widthMin);
  const width = knots.length ? knots[knots.length - 1].x + EDGE : widthMin;
  const folds = [];
  for (let n = 1; n < knots.length; n += 1) {
    const secs = knots[n].at - knots[n - 1].at;
    if (secs >= FOLDED_SECS) folds.push({ x: (knots[n].x + knots[n - 1].x) / 2, secs });
  }
  const x = (at) => between(knots, "at", "x", at) ?? EDGE;
  const at = (place) => between(knots, "x", "at", place) ?? 0;
  const ticks = spread(knots.map((one) => ({ x: one.x, at: one.at })));
  return { width: Math.max(width, widthMin), x, at, ticks, folds };
}

/** From one moment to another, to scale. */
export function linear(from, to, width) {
  const inner = Math.max(width - 2 * EDGE, 1);
  const x = (at) => EDGE + ((at - from) / (to - from)) * inner;
  const at = (place) => from + ((place - EDGE) / inner) * (to - from);
  const ticks = round(from, to, Math.max(Math.floor(inner / TICK_WIDTH), 1)).map((at) => ({ x: x(at), at }));
  return { width, x, at, ticks, folds: [] };
}

function places(times, widthMin) {
  const gaps = times.slice(1).map((at, n) => gapWidth(at - times[n]));
  const sum = gaps.reduce((all, one) => all + one, 0);
  const room = widthMin - 2 * EDGE;
  const stretch = sum > 0 && sum < room ? room / sum : 1;
  let x = EDGE;
  return times.map((at, n) => {
    if (n > 0) x += gaps[n - 1] * stretch;
    return { at, x };
  });
}

/** Within a gap place and time go together; before the first knot and after the last they stay. */
function between(knots, of, to, value) {
  if (!knots.length) return null;
  if (value <= knots[0][of]) return value === -Infinity ? 0 : knots[0][to];
  let [low, high] = [0, knots.length - 1];
  if (value >= knots[high][of]) return knots[high][to];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (knots[middle][of] <= value) low = middle;
    else high = middle;
  }
  const share = (value - knots[low][of]) / (knots[high][of] - knots[low][of]);
  return knots[low][to] + share * (knots[high][to] - knots[low][to]);
}

/** Only so many labels as have room beside each other. The last has it before all. */
function spread(ticks) {
  const kept = [];
  let next = Infinity;
  for (let n = ticks.length - 1; n >= 0; n -= 1) {
    if (next - ticks[n].x < TICK_WIDTH) continue;
    kept.push(ticks[n]);
    next = ticks[n].x;
  }
  return kept.reverse();
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

/** Round moments of the local day from one to another, `most` of them at most. */
function round(from, to, most) {
  const wide = STEPS.find((one) => (to - from) / one <= most) ?? Math.ceil((to - from) / most / 604800) * 604800;
  const offset = new Date(from * 1000).getTimezoneOffset() * 60;
  const found = [];
  for (let at = Math.ceil((from - offset) / wide) * wide + offset; at <= to; at += wide) found.push(at);
  return found;
}
