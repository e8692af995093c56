/** Where everything of a story is in its picture, in pixels. Pure. */

export const AXIS = 30;
const LANE = 62;
const DENSE = { from: 6, lane: 54 };  // with so many lanes they stand closer together
export const BAR = 26;
export const BADGE = 20;
const NAMED = 18;
const REACH = 22;

/**
 * `scale` is one of scale.js. Gives {scale, height, lanes: [{host, top, bar, middle}], laneOf}. A narrow
 * picture has the names of its lanes within, above their badges.
 */
export function geometry(weave, scale, narrow) {
  const dense = weave.lanes.length >= DENSE.from;
  const tall = (dense ? DENSE.lane : LANE) + (narrow ? NAMED : 0);
  const lanes = weave.lanes.map((host, n) => {
    const top = AXIS + n * tall;
    const bar = top + tall - BAR - (dense ? 4 : 8);
    return { host, top, bar, middle: bar + BAR / 2, tall };
  });
  const laneOf = new Map(lanes.map((lane) => [lane.host, lane]));
  return { scale, lanes, laneOf, height: AXIS + Math.max(lanes.length, 1) * tall + 6 };
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
