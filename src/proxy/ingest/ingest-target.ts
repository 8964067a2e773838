import type { ArrowBatch } from '../../arrow/batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { quoteName } from '../../driver/dialect/identifier.ts';
import { ingestStatements } from '../../driver/dialect/ingest-statements.ts';
import { columnDefinition, longestValue } from '../../driver/parameters/column-definition.ts';
import type { IngestRequest } from '../../flight/producer.ts';

/** Names of local temporary tables begin with it. */
const TEMPORARY_MARK = '#';

/** The table of an ingest, as SQL names it, and the statements about it. */
export class IngestTarget {
  /** Quoted, with its schema if one was given. */
  readonly name: string;
  readonly temporary: boolean;
  readonly #dbSchema: string | undefined;
  readonly #table: string;
  readonly #fields: ArrowSchema['fields'];

  /** @throws HanaFlightError `invalid-argument` for a request that names no table HANA can have. */
  constructor(request: IngestRequest, schema: ArrowSchema) {
    checkRequest(request, schema);
    const { table, dbSchema, temporary } = request;
    const marked = temporary && !table.startsWith(TEMPORARY_MARK);
    this.#table = marked ? TEMPORARY_MARK + table : table;
    this.#dbSchema = temporary ? undefined : dbSchema;
    this.temporary = temporary;
    this.#fields = schema.fields;
    this.name = quoteName(this.#dbSchema, this.#table);
  }

  /** The same columns under another name in the same schema, to be swapped in. */
  stagingName(suffix: string): string {
    return quoteName(this.#dbSchema, `${this.#table}${suffix}`);
  }

  /** @param sample the first rows: they tell how long texts are. */
  create(name: string, sample: ArrowBatch | undefined): string {
    const columns = this.#fields.map((field, index) => ({
      name: field.name,
      type: columnDefinition(
        field,
        sample === undefined ? 0 : longestValue(this.#fields, sample, index),
      ),
      nullable: field.nullable,
    }));
    return ingestStatements.createTable(name, columns, this.temporary);
  }

  insert(name: string): string {
    return ingestStatements.insert(
      name,
      this.#fields.map((field) => field.name),
    );
  }

  drop(name: string): string {
    return ingestStatements.dropTable(name);
  }

  /** A text that can be compiled only if the table is there. */
  probe(): string {
    return ingestStatements.probe(this.name);
  }

  rename(from: string): string {
    return ingestStatements.renameTable(from, quoteName(undefined, this.#table));
  }
}

function checkRequest(request: IngestRequest, schema: ArrowSchema): void {
  const { table, catalog, dbSchema, temporary } = request;
  if (table === '') throw invalid('expected the name of a table, got none');
  if (catalog) throw invalid(`expected no catalog, as HANA has none, got "${catalog}"`);
  if (temporary && dbSchema) {
    throw invalid(`expected no schema for a temporary table, got "${dbSchema}"`);
  }
  if (schema.fields.length === 0) throw invalid('expected at least one column, got none');
  const names = new Set<string>();
  for (const { name } of schema.fields) {
    if (name === '') throw invalid('expected a name for every column, got an empty one');
    if (names.has(name)) throw invalid(`expected different names of columns, got "${name}" twice`);
    names.add(name);
  }
}

function invalid(message: string): HanaFlightError {
  return new HanaFlightError('invalid-argument', `ingest: ${message}`);
}
