/** A mark for each VM of a host, in an order that stays. */

import { HOSTS, VMS, ofVmFace } from "../words.js";
import { fill, stroke } from "./ink.js";

const SIZES = [13, 11, 9, 7, 5, 3];
const STROKED_MIN = 7;

/** As large as there is room for. What a host that is not heard once said of its VMs is stale with it. */
export function marks(context, colours, x, y, width, height, { vms, standing }) {
  const known = standing.worse < HOSTS.stale.worse;
  const size = SIZES.find((one) => columnsIn(width, one) * rowsIn(height, one) >= vms.size) ?? SIZES.at(-1);
  const columns = columnsIn(width, size);
  const room = columns * rowsIn(height, size);
  [...vms].sort(byId).slice(0, room).forEach((vm, index) => {
    const left = x + (index % columns) * (size + gap(size));
    const top = y + Math.floor(index / columns) * (size + gap(size));
    const shown = known ? ofVmFace(vm.face) : VMS.Unknown;
    context.fillStyle = fill(context, colours, shown.tone);
    context.fillRect(left, top, size, size);
    if (size >= STROKED_MIN) stroke(context, colours, shown, left, top, size);
  });
}

const gap = (size) => (size > 5 ? 2 : 1);
const columnsIn = (width, size) => Math.floor((width + gap(size)) / (size + gap(size)));
const rowsIn = columnsIn;

function byId(a, b) {
  return a.id < b.id ? -1 : 1;
}
