import type {
  BatchStream,
  Call,
  FlightSqlProducer,
  StatementQuery,
} from '../../src/flight/producer.ts';

/** A backend that can do nothing but updates, and remembers each one it executed. */
export class UpdateProducer implements FlightSqlProducer {
  /** SQL texts and handles, in the order of their execution. */
  readonly executed: string[] = [];
  readonly queries: StatementQuery[] = [];
  readonly #work: (call: Call) => Promise<number>;

  /** `work` answers with the rows affected. */
  constructor(work: (call: Call) => Promise<number> = async () => 3) {
    this.#work = work;
  }

  executeUpdate(query: StatementQuery, call: Call): Promise<number> {
    this.queries.push(query);
    this.executed.push(query.sql);
    return this.#work(call);
  }

  executePreparedUpdate(
    handle: Uint8Array,
    _parameters: BatchStream | undefined,
    call: Call,
  ): Promise<number> {
    this.executed.push(Buffer.from(handle).toString());
    return this.#work(call);
  }
}
