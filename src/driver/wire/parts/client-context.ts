/** Ids in a CLIENTCONTEXT part (an options part): who is calling. */
export const ClientContextOption = {
  CLIENT_VERSION: 1,
  CLIENT_TYPE: 2,
  CLIENT_APPLICATION_PROGRAM: 3,
} as const;
