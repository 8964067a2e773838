import { recordBatches } from '../../flight/client.ts';
import { columnTexts } from './column-text.ts';
import type { Format } from './format.ts';

const LINE_END = '\r\n';

/** CSV of RFC 4180. NULL is an empty field, an empty text `""`. */
export const csv: Format = {
  binary: false,
  async *write({ schema, messages }) {
    yield schema.fields.map((field) => quoted(field.name)).join(',') + LINE_END;
    for await (const batch of recordBatches(messages)) {
      const columns = columnTexts(batch);
      let lines = '';
      for (let row = 0; row < batch.numRows; row++) {
        lines += columns.map((column) => fieldText(column.textAt(row))).join(',') + LINE_END;
      }
      yield lines;
    }
  },
};

function fieldText(text: string | undefined): string {
  if (text === undefined) return '';
  return text === '' ? '""' : quoted(text);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
