/** A place where rows may be cut, and the rows from there up to the next. */
export interface Cut<B> {
  readonly bound: B;
  readonly rows: number;
}

/** Cuts that divide rows into ranges; one more range than bounds. */
export interface Cuts<B> {
  readonly bounds: readonly B[];
  readonly rows: readonly number[];
}

/**
 * The cuts that make `wanted` ranges of about the same number of rows. Skewed rows first make ranges that are
 * too large; then the largest that can be are cut again, so that there are `wanted` ranges as long as there
 * are cuts.
 * @param before rows before the first cut.
 */
export function equalDepth<B>(before: number, cuts: readonly Cut<B>[], wanted: number): Cuts<B> {
  // starts[i] is the number of rows before cut i.
  const starts: number[] = [];
  let total = before;
  for (const { rows } of cuts) {
    starts.push(total);
    total += rows;
  }
  const chosen = nearestCuts(starts, total, wanted);
  while (chosen.length < Math.min(wanted - 1, cuts.length))
    chosen.push(cutOfLargest(chosen, starts, total));
  const places = chosen.toSorted((left, right) => left - right);
  const ends = [...places.map((place) => starts[place] ?? 0), total];
  return {
    bounds: places.flatMap((place) => cuts.slice(place, place + 1).map(({ bound }) => bound)),
    rows: ends.map((end, place) => Math.round(end - (ends[place - 1] ?? 0))),
  };
}

/** For each of the ideal borders the cut that is nearest to it, each once. */
function nearestCuts(starts: readonly number[], total: number, wanted: number): number[] {
  const chosen: number[] = [];
  let next = 0;
  for (let border = 1; border < wanted && next < starts.length; border++) {
    const ideal = (total * border) / wanted;
    let best = next;
    while (
      best + 1 < starts.length &&
      distance(starts, best + 1, ideal) <= distance(starts, best, ideal)
    ) {
      best++;
    }
    // What is nearer to the border after this one is left for that.
    const step = total / wanted;
    if (distance(starts, best, ideal) > step / 2) continue;
    chosen.push(best);
    next = best + 1;
  }
  return chosen;
}

const distance = (starts: readonly number[], place: number, ideal: number): number =>
  Math.abs((starts[place] ?? 0) - ideal);

/** The cut nearest to the middle of the largest range that has one. There is a cut that is not chosen. */
function cutOfLargest(chosen: readonly number[], starts: readonly number[], total: number): number {
  const borders = [-1, ...chosen.toSorted((left, right) => left - right), starts.length];
  const startOf = (place: number): number => (place < 0 ? 0 : (starts[place] ?? total));
  let best = { rows: -1, cut: 0 };
  for (const [index, border] of borders.entries()) {
    const next = borders[index + 1];
    const rows = startOf(next ?? border) - startOf(border);
    if (next === undefined || next - border < 2 || rows <= best.rows) continue;
    const middle = startOf(border) + rows / 2;
    let cut = border + 1;
    while (cut + 1 < next && distance(starts, cut + 1, middle) < distance(starts, cut, middle))
      cut++;
    best = { rows, cut };
  }
  return best.cut;
}
