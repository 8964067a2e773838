/** How many endpoints a result should come in: `auto`, as its size suggests; `off`, one; or so many. */
export type EndpointCount = 'auto' | 'off' | number;

/** More would cost more in planning, tickets and connections than they could bring. */
export const MAX_ENDPOINTS = 256;

/** What {@link parseEndpointCount} takes, for error and help texts. */
export const ENDPOINT_COUNT = {
  syntax: 'auto|off|N',
  expected: `auto, off or a whole number from 1 to ${MAX_ENDPOINTS}`,
} as const;

/** Reads `auto`, `off` or a number, in any case; undefined for anything else. */
export function parseEndpointCount(text: string): EndpointCount | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'auto' || word === 'off') return word;
  const count = /^\d{1,3}$/.test(word) ? Number(word) : 0;
  return count >= 1 && count <= MAX_ENDPOINTS ? count : undefined;
}
