import stringWidth from 'string-width';
import { recordBatches } from '../../flight/client.ts';
import { type ColumnStyle, columnTexts, styleOf } from './column-text.ts';
import type { Format } from './format.ts';

/** Printable names and cells. */
interface TableColumn extends Pick<ColumnStyle, 'numeric' | 'elastic'> {
  readonly name: string;
  readonly cells: readonly string[];
}

interface GrowingColumn extends TableColumn {
  readonly cells: string[];
}

const GAP = '  ';
const CUT = '…';
/** A longer value, such as a LOB, would make every line of the table as long. */
const MAX_CELL_CHARACTERS = 1_000;
/** A text column is not made narrower than this to fit a terminal. */
const MIN_TEXT_WIDTH = 8;

/** A table for people: numbers right, NULL shown, no more than the first rows. */
export const table: Format = {
  binary: false,
  async *write({ schema, messages }, { tableRows, width, note }) {
    const columns: GrowingColumn[] = schema.fields.map((field) => ({
      name: printable(field.name),
      ...styleOf(field.type),
      cells: [],
    }));
    let rows = 0;
    let more = false;
    let shortened = false;
    const cellOf = (text: string): string => {
      shortened ||= text.length > MAX_CELL_CHARACTERS;
      return printable(shorten(text));
    };
    for await (const batch of recordBatches(messages)) {
      const texts = columnTexts(batch);
      const taken = Math.min(batch.numRows, tableRows - rows);
      for (const [index, column] of columns.entries()) {
        for (let row = 0; row < taken; row++) {
          column.cells.push(cellOf(texts[index]?.textAt(row) ?? 'NULL'));
        }
      }
      rows += taken;
      more = taken < batch.numRows;
      if (more) break;
    }
    yield drawTable(columns, rows, width);
    if (more) note(`only the first ${rows} rows are shown; --table-rows N shows more`);
    if (shortened) {
      note(
        `values are shown up to ${MAX_CELL_CHARACTERS} characters; the other formats have them whole`,
      );
    }
  },
};

/** Draws columns of `rows` cells each, no wider than `width` if it is given. */
export function drawTable(
  columns: readonly TableColumn[],
  rows: number,
  width: number | undefined,
): string {
  const widths = fitWidths(columns, width);
  const drawLine = (cellOf: (column: TableColumn, index: number) => string): string => {
    const line = columns.map(cellOf).join(GAP).trimEnd();
    return `${width === undefined ? line : cut(line, width)}\n`;
  };
  let text = drawLine((column, index) => pad(column.name, widths[index] ?? 0, column.numeric));
  text += drawLine((_, index) => '─'.repeat(widths[index] ?? 0));
  for (let row = 0; row < rows; row++) {
    text += drawLine((column, index) =>
      pad(column.cells[row] ?? '', widths[index] ?? 0, column.numeric),
    );
  }
  return text;
}

/** Natural widths; when they pass the terminal, the widest text columns give way first. */
function fitWidths(columns: readonly TableColumn[], width: number | undefined): number[] {
  const widths = columns.map(({ name, cells }) =>
    cells.reduce((widest, cell) => Math.max(widest, stringWidth(cell)), stringWidth(name)),
  );
  if (width === undefined) return widths;
  const total = () => widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length);
  for (let excess = total() - width; excess > 0; excess = total() - width) {
    const shrinkable = widths.map((each, index) =>
      columns[index]?.elastic === true && each > MIN_TEXT_WIDTH ? each : 0,
    );
    const widest = Math.max(0, ...shrinkable);
    if (widest === 0) break;
    const second = Math.max(MIN_TEXT_WIDTH, ...shrinkable.filter((each) => each < widest));
    widths[shrinkable.indexOf(widest)] = Math.max(second - 1, widest - excess, MIN_TEXT_WIDTH);
  }
  return widths;
}

/** Cuts between characters: half of a surrogate pair is none. */
function shorten(text: string): string {
  if (text.length <= MAX_CELL_CHARACTERS) return text;
  const endsInHalf = /[\ud800-\udbff]$/.test(text.slice(0, MAX_CELL_CHARACTERS));
  return text.slice(0, MAX_CELL_CHARACTERS - (endsInHalf ? 1 : 0)) + CUT;
}

function pad(text: string, width: number, right: boolean): string {
  const fitted = cut(text, width);
  const space = ' '.repeat(Math.max(0, width - stringWidth(fitted)));
  return right ? space + fitted : fitted + space;
}

function cut(text: string, width: number): string {
  // A character takes a column or more, except the combining ones, which the slow way counts right.
  if (text.length <= width / 2 || stringWidth(text) <= width) return text;
  let kept = '';
  let left = width - stringWidth(CUT);
  for (const character of text) {
    left -= stringWidth(character);
    if (left < 0) break;
    kept += character;
  }
  return kept + CUT;
}

/** Line ends would break the table, and escape sequences in data could take over the terminal. */
export function printable(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are the ones meant
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (control) => ESCAPES[control] ?? `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
