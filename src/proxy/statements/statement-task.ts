import type { Task } from '../sessions/connections.ts';
import type { ParameterRows } from './bound-parameters.ts';
import type { StatementShape } from './described-statements.ts';

/** A statement to run: its text, what it is part of, the values of its parameter markers. */
export interface StatementTask extends Task {
  readonly sql: string;
  readonly parameters?: ParameterRows | undefined;
  /** What HANA said of the query a moment ago; absent: it is asked. */
  readonly shape?: StatementShape | undefined;
}
