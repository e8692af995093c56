/** Where each host's cell lies: clusters in blocks of one width, hosts in their order. Pure. */

const LABEL = 26;  // the line above a block that names it
const BETWEEN = 18;  // blocks side by side
const BELOW = 16;
const BLOCKS_MAX = 8;  // side by side
const ROOMY = { width: 164, height: 84, gap: 8, tile: true, vms: true };  // with a mark for each VM
const TILE = { width: 132, height: 46, gap: 6, tile: true };
const CELLS = [34, 30, 26, 22, 19, 16, 14, 12, 10, 9, 8].map((size) => ({
  width: size,
  height: size,
  gap: size > 15 ? 3 : size > 8 ? 2 : 1,
  tile: false,
}));
const TILES_MAX = 160;  // more of them than that cannot be read either

/**
 * `clusters` are `[name, hosts]`. The largest cells with which all fit into `width` × `height`, or the
 * smallest ones in as much height as they take: `{cell, blocks, hosts, places, width, height}`. A block has
 * `{name, x, y, columns, first, count}`; `places` are the x and y of each of `hosts`, one after the other.
 */
export function layout(clusters, width, height) {
  const total = clusters.reduce((sum, [, hosts]) => sum + hosts.length, 0);
  const kinds = total <= TILES_MAX ? [ROOMY, TILE, ...CELLS] : CELLS;
  let made = null;
  for (const cell of kinds) {
    made = best(clusters, width, cell);
    if (made !== null && made.height <= height) break;
  }
  return place(clusters, made);
}

/** The number of blocks side by side that takes the least height. */
function best(clusters, width, cell) {
  let found = null;
  for (let beside = 1; beside <= Math.min(clusters.length, BLOCKS_MAX); beside += 1) {
    const room = (width - BETWEEN * (beside - 1)) / beside;
    const columns = Math.floor((room + cell.gap) / (cell.width + cell.gap));
    if (columns < 1 || (beside > 1 && room < 120)) break;
    const total = heightOf(clusters, beside, columns, cell);
    if (found === null || total < found.height) found = { cell, beside, columns, room, width, height: total };
  }
  return found ?? { cell, beside: 1, columns: 1, room: width, width, height: heightOf(clusters, 1, 1, cell) };
}

function heightOf(clusters, beside, columns, cell) {
  let total = 0;
  for (let at = 0; at < clusters.length; at += beside) total += shelf(clusters, at, beside, columns, cell);
  return total;
}

function shelf(clusters, at, beside, columns, cell) {
  const most = Math.max(...clusters.slice(at, at + beside).map(([, hosts]) => hosts.length));
  return LABEL + Math.ceil(most / columns) * (cell.height + cell.gap) + BELOW;
}

/** Tiles are as wide as their columns, so that blocks end where the panel does. */
function stretched(cell, columns, room) {
  return cell.tile ? { ...cell, width: Math.floor((room + cell.gap) / columns) - cell.gap } : cell;
}

function place(clusters, { cell: least, beside, columns, room, width, height }) {
  const cell = stretched(least, columns, room);
  const blocks = [];
  const hosts = [];
  const places = [];
  let y = 0;
  clusters.forEach(([name, of], index) => {
    const x = Math.round((index % beside) * (room + BETWEEN));
    if (index % beside === 0 && index > 0) y += shelf(clusters, index - beside, beside, columns, cell);
    blocks.push({ name, x, y, columns, first: hosts.length, count: of.length, width: Math.floor(room) });
    of.forEach((host, number) => {
      hosts.push(host);
      places.push(x + (number % columns) * (cell.width + cell.gap), y + LABEL + Math.floor(number / columns) * (cell.height + cell.gap));
    });
  });
  return { cell, blocks, hosts, places, width, height };
}

/** The index of the cell at a point, or -1. */
export function cellAt({ cell, blocks, places }, x, y) {
  for (const { first, count } of blocks) {
    for (let index = first; index < first + count; index += 1) {
      const [left, top] = [places[2 * index], places[2 * index + 1]];
      if (top > y) break;
      if (x >= left && x < left + cell.width + cell.gap && y < top + cell.height + cell.gap) return index;
    }
  }
  return -1;
}

/** The cell that an arrow key leads to from `index`: the nearest one that way, also in another block. */
export function step(made, index, key) {
  const { places, hosts } = made;
  const last = hosts.length - 1;
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === "ArrowLeft") return Math.max(index - 1, 0);
  if (key === "ArrowRight") return Math.min(index + 1, last);
  return nearest(places, index, key === "ArrowDown" ? 1 : -1);
}

function nearest(places, index, way) {
  const [x, y] = [places[2 * index], places[2 * index + 1]];
  let found = index;
  let least = Infinity;
  for (let other = 0; other < places.length / 2; other += 1) {
    const down = (places[2 * other + 1] - y) * way;
    if (down <= 0) continue;
    const far = down * 4 + Math.abs(places[2 * other] - x);
    if (far < least) [found, least] = [other, far];
  }
  return found;
}
