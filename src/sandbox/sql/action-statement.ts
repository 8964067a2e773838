import { FunctionCode } from '../../driver/wire/function-code.ts';
import type { EngineOutcome, EngineStatement } from '../engine.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import type { DuckSession } from './session.ts';

/** What a statement without rows and parameters does. */
export type Action = () => Promise<void>;

/** DDL and session commands. Answered with function code DDL and no rows affected. */
export class ActionStatement implements EngineStatement {
  readonly functionCode: number = FunctionCode.DDL;
  readonly columns = [];
  readonly parameters = [];
  readonly #action: Action;
  readonly #commits: boolean;

  /** @param commits the action ends the transaction. */
  constructor(action: Action, commits = false) {
    this.#action = action;
    this.#commits = commits;
  }

  async execute(): Promise<EngineOutcome> {
    try {
      await this.#action();
    } catch (error) {
      throw hanaErrorOf(error, undefined);
    }
    const { functionCode } = this;
    return { kind: 'count', functionCode, affectedRows: [0], committed: this.#commits };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** DDL: commits what the session has done before, as HANA's does. */
export const ddl = (session: DuckSession, action: Action): ActionStatement =>
  new ActionStatement(async () => {
    await session.commit();
    await action();
  }, true);
