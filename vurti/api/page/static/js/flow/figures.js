/** Two readings of /pipeline, and what grew between them. Pure. */

const ALL = () => true;

export class Figures {
  /** `before` may be null: then nothing has a rate yet. `secs` lie between the two. */
  constructor(now, before, secs) {
    this._now = now;
    this._before = before;
    this._secs = secs;
  }

  /** The sum of a figure over its labels, 0 where there is none. */
  sum(name, fits = ALL) {
    return sumOf(this._now, name, fits);
  }

  largest(name, fits = ALL) {
    return Math.max(0, ...this._samples(name, fits).map(({ value }) => value));
  }

  smallest(name, otherwise) {
    const values = this._samples(name, ALL).map(({ value }) => Number(value));
    return values.length ? Math.min(...values) : otherwise;
  }

  /** By how much a counter grew; 0 before there are two readings, or where vurti began anew. */
  grown(name, fits = ALL) {
    if (this._before === null) return 0;
    return Math.max(0, this.sum(name, fits) - sumOf(this._before, name, fits));
  }

  /** The same a second; null before there are two readings. */
  rate(name, fits = ALL) {
    return this._before === null || this._secs <= 0 ? null : this.grown(name, fits) / this._secs;
  }

  /** The mean of a histogram between the readings; of all the time where nothing came between. */
  mean(name) {
    const count = this.grown(`${name}_count`);
    if (count > 0) return this.grown(`${name}_sum`) / count;
    const all = this.sum(`${name}_count`);
    return all > 0 ? this.sum(`${name}_sum`) / all : 0;
  }

  /** The values of a label that a figure has, in their order. */
  labels(name, label) {
    return [...new Set(this._samples(name, ALL).map(({ labels }) => labels[label]))];
  }

  /** Whether vurti has such a figure at all. */
  has(name) {
    return this._samples(name, ALL).length > 0;
  }

  _samples(name, fits) {
    return (this._now[name] ?? []).filter(({ labels }) => fits(labels));
  }
}

function sumOf(told, name, fits) {
  return (told[name] ?? []).filter(({ labels }) => fits(labels)).reduce((all, { value }) => all + Number(value), 0);
}
