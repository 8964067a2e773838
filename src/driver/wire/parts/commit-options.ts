/** Ids in a COMMITOPTIONS part (an options part) of COMMIT and ROLLBACK. BOOLEAN. */
export const CommitOption = {
  /** Result sets that were opened to outlive the transaction do so. */
  HOLD_CURSORS_OVER_COMMIT: 1,
} as const;
