/** Bits of the options byte of a LOB value, read reply or write request. */
export const LobOption = {
  NULL: 1,
  DATA_INCLUDED: 2,
  LAST_DATA: 4,
} as const;
