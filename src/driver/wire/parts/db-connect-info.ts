/**
 * Ids in a DBCONNECTINFO part (an options part): a client names its tenant database and is told to stay
 * or where to go instead.
 */
export const DbConnectInfoOption = {
  DATABASE_NAME: 1,
  HOST: 2,
  PORT: 3,
  ON_CORRECT_DATABASE: 4,
  NETWORK_GROUP: 5,
} as const;
