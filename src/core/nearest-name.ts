import { closest, distance } from 'fastest-levenshtein';

/**
 * The known name that was probably meant, or undefined when none is near: more than a third of the
 * letters (and more than two) would have to change.
 */
function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(name, known);
  const allowed = Math.max(2, Math.floor(name.length / 3));
  return distance(name, candidate) <= allowed ? candidate : undefined;
}

/** The tail of an error about an unknown name: `; did you mean 'x'?`, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}
