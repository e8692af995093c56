/** Where everything of a story is in its picture, in pixels. Pure. */

export const AXIS = 30;
const LANE = 62;
const DENSE = { from: 6, lane: 54 };  // with so many lanes they stand closer together
export const BAR = 26;
export const BADGE = 20;
const NAMED = 18;
const THIN = 20;
const REACH = 22;

/**
 * `scale` is one of scale.js. Gives {scale, height, lanes: [{host, top, bar, middle, tall}], laneOf}. A
 * narrow picture has the names of its lanes within, above their badges. Where `busy` lanes are told the
 * others are only a name.
 */
export function geometry(weave, scale, narrow, busy = null) {
  const dense = weave.lanes.length >= DENSE.from;
  const tall = (dense ? DENSE.lane : LANE) + (narrow ? NAMED : 0);
  let top = AXIS;
  const lanes = weave.lanes.map((host) => {
    const lane = busy === null || busy.has(host) ? placed(host, top, tall, dense ? 4 : 8) : placed(host, top, THIN, -3);
    top += lane.tall;
    return lane;
  });
  const laneOf = new Map(lanes.map((lane) => [lane.host, lane]));
  return { scale, lanes, laneOf, height: Math.max(top, AXIS + THIN) + 6 };
}

function placed(host, top, tall, below) {
  const bar = top + tall - BAR - below;
  return { host, top, bar, middle: bar + BAR / 2, tall };
}

/** The lanes on which something is from one moment to another. */
export function busyLanes({ segments, links, doubles }, first, last, now) {
  const during = (from, to) => (to ?? now) >= first && from <= last;
  const found = new Set(segments.filter(({ from, to }) => during(from, to)).map(({ lane }) => lane));
  for (const { from, to, begun, ended } of links) if (during(begun, ended)) found.add(from).add(to);
  for (const { lane, at } of doubles) if (during(at, at)) found.add(lane);
  return found;
}

/** The step that a click at a place means: the nearest in reach, else the one whose segment it is in. */
export function nearest(plan, steps, x, y) {
  const lane = plan.lanes.find((one) => y >= one.top && y < one.top + one.tall);
  if (lane === undefined) return closest(plan, steps, x, REACH);
  const here = steps.filter((step) => step.place === lane.host || step.lane === lane.host);
  return closest(plan, here, x, REACH) ?? last(plan, here, x);
}

function closest(plan, steps, x, reach) {
  let [found, best] = [null, reach];
  for (const step of steps) {
    const far = Math.abs(plan.scale.x(step.at) - x);
    if (far <= best) [found, best] = [step, far];
  }
  return found;
}

function last(plan, steps, x) {
  return steps.findLast((step) => plan.scale.x(step.at) <= x) ?? null;
}
