/** A mark for each VM of a host, in an order that stays. */

import { HOSTS, ofVmFace } from "../words.js";

const SIZES = [9, 7, 5, 3];

/** `fill` gives the colour of a tone. What an unheard host once said of its VMs is stale with it. */
export function marks(context, fill, x, y, width, height, vms, standing) {
  const known = standing.worse < HOSTS.stale.worse;
  const size = sizeFor(vms.size, width, height);
  const columns = columnsOf(size, width);
  const rows = Math.floor((height + gap(size)) / (size + gap(size)));
  [...vms].sort(byId).slice(0, columns * rows).forEach((vm, index) => {
    const { tone } = ofVmFace(vm.face);
    context.fillStyle = fill(known || tone === "off" ? tone : "stale");
    context.fillRect(x + (index % columns) * (size + gap(size)), y + Math.floor(index / columns) * (size + gap(size)), size, size);
  });
}

const gap = (size) => (size > 5 ? 2 : 1);
const columnsOf = (size, width) => Math.floor((width + gap(size)) / (size + gap(size)));

function sizeFor(number, width, height) {
  const fits = (size) => columnsOf(size, width) * Math.floor((height + gap(size)) / (size + gap(size))) >= number;
  return SIZES.find(fits) ?? SIZES.at(-1);
}

function byId(a, b) {
  return a.id < b.id ? -1 : 1;
}
