import type { EncodedBatch } from '../../arrow/ipc-batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { MessageOptions } from '../../driver/columnar/batch-messages.ts';
import { resultSchema } from '../../driver/columnar/result-schema.ts';
import type {
  HanaConnection,
  HanaCursor,
  HanaOutcome,
  HanaStatement,
} from '../../driver/hana-connection.ts';
import { parameterEncoder } from '../../driver/parameters/parameter-encoder.ts';
import type { ParameterRows } from './bound-parameters.ts';

/** A query that HANA is executing. */
export interface QueryResult {
  readonly schema: ArrowSchema;
  readonly messages: AsyncIterable<EncodedBatch>;
  /** Frees what HANA keeps for it, read to the end or not. */
  close(): Promise<void>;
}

const ROW_BYTES = 16 * 1024 * 1024;

/**
 * Executes a query without parameters.
 * @param ahead Its rows may be fetched before anybody asks for them.
 */
export async function openQuery(
  connection: HanaConnection,
  sql: string,
  { options, ahead }: { readonly options: MessageOptions; readonly ahead: boolean },
): Promise<QueryResult> {
  const cursor = cursorOf(await connection.execute(sql, ahead ? options : undefined));
  const { schema, messages } = cursor.messages(options);
  return { schema, messages, close: () => cursor.close() };
}

/** Executes a query once a row of parameters; the results follow one another in one stream. */
export async function openParameterQuery(
  connection: HanaConnection,
  sql: string,
  { parameters, options }: { parameters: ParameterRows; options: MessageOptions },
): Promise<QueryResult> {
  const statement = await connection.prepare(sql);
  const executions = new Executions(statement, parameters, options);
  return {
    schema: resultSchema(statement.columns, options.types),
    messages: executions.run(),
    close: () => executions.close(),
  };
}

class Executions {
  readonly #statement: HanaStatement;
  readonly #parameters: ParameterRows;
  readonly #options: MessageOptions;
  #cursor: HanaCursor | undefined;
  #closed = false;

  constructor(statement: HanaStatement, parameters: ParameterRows, options: MessageOptions) {
    this.#statement = statement;
    this.#parameters = parameters;
    this.#options = options;
  }

  async *run(): AsyncGenerator<EncodedBatch, void, undefined> {
    const { schema, batches } = this.#parameters;
    const encoder = parameterEncoder(this.#statement.parameters, schema);
    for (const batch of batches) {
      for (let row = 0; row < batch.rowCount && !this.#closed; row++) {
        const encoded = encoder.encode(batch, row, { maxBytes: ROW_BYTES, maxRows: 1 });
        this.#cursor = cursorOf(await this.#statement.execute(encoded));
        yield* this.#cursor.messages(this.#options).messages;
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#cursor?.close();
    } finally {
      this.#statement.drop();
    }
  }
}

function cursorOf(outcome: HanaOutcome): HanaCursor {
  if (outcome.kind === 'rows') return outcome.cursor;
  throw new HanaFlightError(
    'internal',
    'expected a result set of the query, HANA sent a row count',
  );
}
