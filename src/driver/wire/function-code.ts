/** What kind of statement a reply belongs to: HANA's function codes. */
export const FunctionCode = {
  NIL: 0,
  DDL: 1,
  INSERT: 2,
  UPDATE: 3,
  DELETE: 4,
  SELECT: 5,
  SELECTFORUPDATE: 6,
  EXPLAIN: 7,
  DBPROCEDURECALL: 8,
  DBPROCEDURECALLWITHRESULT: 9,
  FETCH: 10,
  COMMIT: 11,
  ROLLBACK: 12,
  SAVEPOINT: 13,
  CONNECT: 14,
  WRITELOB: 15,
  READLOB: 16,
  PING: 17,
  DISCONNECT: 18,
  CLOSECURSOR: 19,
  FINDLOB: 20,
} as const;

export type FunctionCode = (typeof FunctionCode)[keyof typeof FunctionCode];
