/** A story's picture as SVG: lanes, segments, what links them, badges, and the axis. */

import { clock, moment, span } from "../words.js";
import { standingOf } from "../told.js";
import { plain } from "../dom.js";
import { AXIS, BADGE, BAR } from "./geometry.js";
import { link } from "./links.js";
import { NOWHERE } from "./weave.js";
import { fits, svg, text } from "./svg.js";

const MARGIN = 60;
const DOUBLE = 64;
const RANKS = ["off", "ok", "move", "away", "stale", "slow", "bad"];

/** The part of the picture that is in sight: `from` pixels from its left, `width` wide. */
export function drawn(plan, state, sight) {
  const [first, last] = [sight.from - MARGIN, sight.from + sight.width + MARGIN].map(plan.scale.at);
  const seen = { ...sight, first, last, x: (at) => plan.scale.x(at) - sight.from };
  seen.segments = state.weave.segments.filter((one) => isSeen(seen, one.from, one.to ?? state.now));
  const sheet = svg("svg", { width: sight.width, height: plan.height, class: "story-svg" });
  sheet.append(
    hatch(),
    ...lanes(plan, state, seen),
    ...axis(plan, state, seen),
    ...chosenLine(plan, state, seen),
    ...plan.lanes.flatMap((lane) => segments(lane, plan, state, seen)),
    ...state.weave.doubles.map((one) => double(one, plan, state, seen)),
    ...state.weave.links.filter((one) => isSeen(seen, one.begun, one.ended ?? state.now)).map((one) => link(one, plan, state, seen)),
    ...nodes(plan, state, seen),
    ...names(plan, sight),
  );
  return sheet;
}

function isSeen(seen, from, to) {
  return to >= seen.first && from <= seen.last;
}

/** Unknown is grey hatching, never a plain colour. */
function hatch() {
  const line = svg("path", { d: "M-1 1 l2 -2 M0 6 l6 -6 M5 7 l2 -2", class: "hatch" });
  const grid = { width: 6, height: 6, patternUnits: "userSpaceOnUse" };
  const red = svg("path", { d: "M-1 1 l2 -2 M0 6 l6 -6 M5 7 l2 -2", class: "hatch t-bad" });
  return svg("defs", {}, svg("pattern", { id: "unknown", ...grid }, line), svg("pattern", { id: "double", ...grid }, red));
}

function lanes(plan, state, seen) {
  return plan.lanes.flatMap((lane, n) => {
    const ground = svg("rect", { x: 0, y: lane.top, width: seen.width, height: lane.tall, class: n % 2 ? "lane odd" : "lane" });
    const line = svg("line", { x1: 0, x2: seen.width, y1: lane.middle, y2: lane.middle, class: "rail" });
    return [ground, ...spells(lane, state, seen), line];
  });
}

/** While a host was not well its lane is hatched behind what its VMs did. */
function spells(lane, state, seen) {
  const found = (state.spells?.get(lane.host) ?? []).filter((one) => isSeen(seen, one.from, one.to ?? state.now));
  return found.map((one) => {
    const [from, to] = [Math.max(seen.x(one.from), -2), Math.min(seen.x(one.to ?? state.now), seen.width + 2)];
    const box = { x: from, y: lane.top + 2, width: Math.max(to - from, 3), height: lane.tall - 4 };
    const word = text(`host ${one.word}`, { x: from + 4, y: lane.top + 13, class: "spell-word" });
    const wide = fits(`host ${one.word}`, to - from - 8);
    return svg("g", { class: `spell t-${one.tone}` }, svg("rect", box), ...(wide ? [word] : []));
  });
}

function names(plan, sight) {
  if (!sight.named) return [];
  return plan.lanes.map((lane) => text(lane.host === NOWHERE ? "on no host" : plain(lane.host, 40), { x: 6, y: lane.top + 13, class: "lane-name" }));
}

function axis(plan, state, seen) {
  const ticks = plan.scale.ticks.filter((one) => one.x - seen.from > -MARGIN && one.x - seen.from < seen.width + MARGIN);
  const made = ticks.map(({ x, at }) => {
    const line = svg("line", { x1: x - seen.from, x2: x - seen.from, y1: AXIS - 6, y2: plan.height, class: "tick" });
    const word = moment(at, state.now);
    const half = word.length * 3 + 4;
    return svg("g", {}, line, text(word, { x: Math.min(Math.max(x - seen.from, half), seen.width - half), y: AXIS - 12, class: "tick-word" }));
  });
  const folds = plan.scale.folds.filter((one) => Math.abs(one.x - seen.from - seen.width / 2) < seen.width);
  const line = svg("line", { x1: 0, x2: seen.width, y1: AXIS - 6, y2: AXIS - 6, class: "rail" });
  return [line, ...made, ...folds.map((one) => fold(one, seen)), now(plan, state, seen)];
}

/** Here the axis leaves time out. */
function fold({ x, secs }, seen) {
  const at = x - seen.from;
  const cut = svg("path", { d: `M${at - 5} ${AXIS - 1} l4 -10 M${at + 1} ${AXIS - 1} l4 -10`, class: "fold" });
  return svg("g", {}, svg("title", {}, `${span(secs)} of quiet, folded`), cut);
}

function now(plan, state, seen) {
  const x = seen.x(state.now);
  return svg("line", { x1: x, x2: x, y1: AXIS - 4, y2: plan.height, class: state.live ? "now" : "now lost" });
}

function chosenLine(plan, state, seen) {
  if (!state.chosen) return [];
  const x = seen.x(state.chosen.at);
  return [svg("line", { x1: x, x2: x, y1: AXIS - 6, y2: plan.height, class: "chosen-line" })];
}

function segments(lane, plan, state, seen) {
  const here = seen.segments.filter((one) => one.lane === lane.host);
  return here.map((one) => segment(one, lane, state, seen));
}

function segment(one, lane, state, seen) {
  const standing = standingOf(one.face, state.ofHosts);
  const [from, to] = [Math.max(seen.x(one.from), -20), Math.min(seen.x(one.to ?? state.now), seen.width + 20)];
  const wide = Math.max(to - from, 3);
  const box = { x: from, y: lane.bar, width: wide, height: BAR, rx: Math.min(5, wide / 2) };
  const stripe = { x: from + Math.min(2, wide / 3), y: lane.bar + BAR - 3, width: Math.max(wide - 4, 1), height: 3, rx: 1.5 };
  const unknown = standing.tone === "stale" ? " unknown" : "";
  const lasts = one.to === null ? " lasts" : "";
  return svg(
    "g", { class: `segment t-${standing.tone}${unknown}${lasts}${one.to === null && state.doubtFrom !== null ? " in-doubt" : ""}` },
    svg("title", {}, `${standing.word || one.face}${one.from === -Infinity ? "" : `, from ${clock(one.from, state.now)}, ${span((one.to ?? state.now) - one.from)}`}`),
    svg("rect", { ...box, class: "ground" }), svg("rect", { ...stripe, class: "stripe" }),
    ...doubt(one, lane, state, { from, to }, seen),
    ...inscription(standing, one, { from, wide, lane, state }),
  );
}

/** From when on nobody has told of it: what was so then need not be so now. */
function doubt(one, lane, state, { from, to }, seen) {
  if (one.to !== null || state.doubtFrom === null) return [];
  const begin = Math.max(seen.x(state.doubtFrom), from);
  return [
    svg("rect", { x: begin, y: lane.bar, width: Math.max(to - begin, 2), height: BAR, class: "plain" }),
    svg("rect", { x: begin, y: lane.bar, width: Math.max(to - begin, 2), height: BAR, class: "doubt" }),
  ];
}

/** As much as there is room for: glyph, why or what and how long; glyph and word; glyph. */
function inscription(standing, one, { from, wide, lane, state }) {
  const left = Math.max(from, 0) + 8;
  const room = from + wide - left - 6;
  const lasted = one.from === -Infinity ? "" : span((one.to ?? state.now) - one.from);
  const glyph = standing.glyph ? `${standing.glyph} ` : "";
  const cause = one.face === "PausedByError" && one.step?.stands ? one.step.told.words : standing.word;
  const word = standing.word || one.face;
  const tries = [[`${glyph}${cause}`, lasted], [`${glyph}${cause}`, ""], [`${glyph}${word}`, lasted], [`${glyph}${word}`, ""], [standing.glyph, ""]];
  const found = tries.find(([word, rest]) => fits(rest ? `${word}  ${rest}` : word, room));
  if (found === undefined || !found[0]) return [];
  const said = text(found[0], { x: left, y: lane.middle + 3, class: "segment-word" });
  if (found[1]) said.append(svg("tspan", { dx: 7, class: "segment-span" }, found[1]));
  return [said];
}

/** Where a second host says that it runs the VM, too. How long it did is not told by events. */
function double({ lane, at }, plan, state, seen) {
  const place = plan.laneOf.get(lane);
  const next = state.weave.segments.find((one) => one.lane === lane && one.from >= at);
  const room = next === undefined ? DOUBLE : seen.x(next.from) - seen.x(at);
  const box = { x: seen.x(at), y: place.bar, width: Math.max(Math.min(room, DOUBLE), 3), height: BAR, rx: 4, class: "double" };
  const word = text("here too", { x: seen.x(at) + 8, y: place.middle + 3, class: "segment-word" });
  return svg("g", { class: "t-bad" }, svg("rect", box), ...(room >= DOUBLE ? [word] : []));
}

/** Badges that would cover each other: the chosen one before all, then the worst, then the latest. */
function nodes(plan, state, seen) {
  const steps = state.weave.steps.filter((step) => isSeen(seen, step.at, step.at));
  const rank = (step) => (step === state.chosen ? 9 : RANKS.indexOf(step.told.tone));
  const taken = new Map();
  const badged = new Set();
  for (const step of steps.filter(({ stands }) => stands).sort((one, other) => rank(other) - rank(one) || other.at - one.at)) {
    const places = taken.get(step.place) ?? [];
    const x = seen.x(step.at);
    if (places.some((one) => Math.abs(one - x) < BADGE - 2)) continue;
    taken.set(step.place, [...places, x]);
    badged.add(step);
  }
  return steps.map((step) => node(step, plan, state, { ...seen, badged }));
}

function node(step, plan, state, seen) {
  const lane = plan.laneOf.get(step.place);
  const [x, chosen] = [seen.x(step.at), step === state.chosen ? " chosen" : ""];
  const group = svg("g", { class: `node t-${step.told.tone}${chosen}` }, svg("title", {}, `${step.told.words}, ${clock(step.at, state.now)}`));
  if (seen.badged.has(step)) group.append(...badge(step, x, lane));
  const size = step.small ? 2.5 : 4;
  group.append(svg("circle", { cx: x, cy: lane.bar, r: chosen ? size + 2 : size, class: "dot" }));
  return group;
}

function badge(step, x, lane) {
  const y = lane.bar - 7 - BADGE;
  const stem = svg("line", { x1: x, x2: x, y1: y + BADGE, y2: lane.bar, class: "stem" });
  const box = svg("rect", { x: x - BADGE / 2, y, width: BADGE, height: BADGE, rx: 5, class: "badge" });
  return [stem, box, text(step.told.glyph, { x, y: y + BADGE / 2 + 4, class: "badge-word" })];
}
