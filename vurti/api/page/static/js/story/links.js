/** How a VM went from one lane to another: migrations as arcs, ends and starts as threads. */

import { BAR } from "./geometry.js";
import { svg } from "./svg.js";

const NARROW = 24;
const TONES = { migrated: "move", leaving: "move", taken: "slow", failed: "slow", split: "bad", thread: "off" };

/** One link of a weave in a picture. */
export function link(one, plan, state, seen) {
  const ends = endsOf(one, plan, state, seen);
  if (ends === null) return svg("g", {});
  const made = SHAPES[one.kind](ends);
  return svg("g", { class: `link ${one.kind} t-${TONES[one.kind]}` }, ...made);
}

function endsOf(one, plan, state, seen) {
  const from = plan.laneOf.get(one.from);
  const to = plan.laneOf.get(one.to);
  if (from === undefined || to === undefined) return null;
  const down = to.middle > from.middle;
  const [x0, x1] = [Math.max(seen.x(one.begun), -40), Math.min(seen.x(one.ended ?? state.now), seen.width + 40)];
  return { x0, x1, y0: down ? from.bar + BAR : from.bar, y1: to.middle, edge: down ? to.bar : to.bar + BAR, down };
}

/** Leaves its host downwards or upwards, and arrives from the left. */
function arc({ x0, x1, y0, y1 }) {
  const begin = Math.min(x0 + 10, x1);
  const bend = Math.max((x1 - begin) * 0.7, 14);
  return `M${begin} ${y0} C${begin} ${y0 + (y1 - y0) * 0.7} ${x1 - bend} ${y1} ${x1 - 2} ${y1}`;
}

function arrow(x, y) {
  return svg("path", { d: `M${x - 9} ${y - 5} L${x} ${y} L${x - 9} ${y + 5} Z`, class: "arrow" });
}

/** Where there is no room for an arc it goes straight. */
function straight({ x1, y0, edge, down }) {
  const back = down ? -9 : 9;
  const head = svg("path", { d: `M${x1 - 5} ${edge + back} L${x1} ${edge} L${x1 + 5} ${edge + back} Z`, class: "arrow" });
  return [way(`M${x1} ${y0} V${edge + back / 2}`), head];
}

const moved = (ends) => (ends.x1 - ends.x0 < NARROW ? straight(ends) : [way(arc(ends)), arrow(ends.x1 + 1, ends.y1)]);

const way = (d) => svg("path", { d, class: "way" });

const SHAPES = {
  migrated: moved,
  leaving: (ends) => [way(arc(ends))],
  taken: (ends) => [way(arc({ ...ends, x0: ends.x1 - 24 })), arrow(ends.x1 + 1, ends.y1)],
  /** Goes most of the way, and comes back. */
  failed: ({ x0, x1, y0, y1 }) => {
    const [begin, turn] = [x0 + 8, y0 + (y1 - y0) * 0.9];
    return [way(`M${begin} ${y0} C${begin} ${turn} ${x1} ${turn} ${x1} ${y0}`)];
  },
  split: ({ x1, y0, edge }) => [way(`M${x1 - 2} ${y0} V${edge} M${x1 + 2} ${y0} V${edge}`)],
  thread: ({ x1, y0, edge }) => [way(`M${x1} ${y0} V${edge}`)],
};
