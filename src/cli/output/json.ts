import { recordBatches } from '../../flight/client.ts';
import { type ColumnText, columnTexts } from './column-text.ts';
import type { Format } from './format.ts';

/**
 * One JSON array, an object a line, so that both JSON readers and line tools can work with it. What a
 * JSON number would not keep (64-bit integers, decimals) and what JSON lacks (times, binary as
 * hexadecimal digits) is text.
 */
export const json: Format = {
  binary: false,
  async *write({ schema, messages }) {
    const keys = uniqueNames(schema.fields.map((field) => field.name)).map(
      (name) => `${JSON.stringify(name)}:`,
    );
    let separator = '[\n';
    for await (const batch of recordBatches(messages)) {
      const columns = columnTexts(batch);
      let lines = '';
      for (let row = 0; row < batch.numRows; row++) {
        const members = columns.map((column, index) => keys[index] + valueAt(column, row));
        lines += `${separator}{${members.join(',')}}`;
        separator = ',\n';
      }
      yield lines;
    }
    yield separator === '[\n' ? '[]\n' : '\n]\n';
  },
};

function valueAt(column: ColumnText, row: number): string {
  const text = column.textAt(row);
  if (text === undefined) return 'null';
  // JSON has no NaN and no Infinity.
  const bare = column.json && !/^-?(NaN|Infinity)$/.test(text);
  return bare ? text : JSON.stringify(text);
}

/** A second column of one name would overwrite the first: it becomes `NAME_2`. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; taken.has(unique); number++) unique = `${name}_${number}`;
    taken.add(unique);
    return unique;
  });
}
