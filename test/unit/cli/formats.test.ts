import { Decimal, Float64, Int32, Int64, tableFromIPC, Utf8 } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { describe, expect, test } from 'vitest';
import type { FormatOptions } from '../../../src/cli/output/format.ts';
import { FORMATS } from '../../../src/cli/output/formats.ts';
import { column, rawColumn, type SampleColumn, sampleRows } from './sample-rows.ts';

const NARROW = { tableRows: 1000, width: undefined, note: () => undefined };

async function written(
  format: keyof typeof FORMATS,
  columns: readonly SampleColumn[],
  options: Partial<FormatOptions> & { batches?: number } = {},
): Promise<Buffer> {
  const rows = sampleRows(columns, options.batches ?? 1);
  const pieces: Uint8Array[] = [];
  for await (const piece of FORMATS[format].write(rows, { ...NARROW, ...options })) {
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

const text = async (...args: Parameters<typeof written>) => (await written(...args)).toString();

const regions = column('REGION', new Utf8(), ['APAC', null, 'EMEA']);
const totals = rawColumn(
  'TOTAL',
  new Decimal(2, 15, 128),
  Uint32Array.of(105, 0, 0, 0, 20_000, 0, 0, 0, 7, 0, 0, 0),
);

describe('table', () => {
  test('aligns numbers right, text left, and shows NULL', async () => {
    expect(await text('table', [regions, totals])).toBe(
      [
        'REGION   TOTAL',
        '──────  ──────',
        'APAC      1.05',
        'NULL    200.00',
        'EMEA      0.07',
        '',
      ].join('\n'),
    );
  });

  test('stops at its limit and says so', async () => {
    const notes: string[] = [];
    const note = (line: string) => void notes.push(line);
    const shown = await text('table', [regions], { tableRows: 4, batches: 3, note });
    expect(shown.trimEnd().split('\n')).toHaveLength(2 + 4);
    expect(notes).toEqual(['only the first 4 rows are shown; --table-rows N shows more']);
  });

  test('says nothing when the limit is met exactly', async () => {
    const notes: string[] = [];
    await text('table', [regions], { tableRows: 3, note: (line) => void notes.push(line) });
    expect(notes).toEqual([]);
  });

  test('makes the widest text give way to fit a terminal', async () => {
    const long = column('NOTE', new Utf8(), ['x'.repeat(60), 'short', null]);
    const lines = (await text('table', [regions, totals, long], { width: 40 })).split('\n');
    expect(lines[2]).toBe(`APAC      1.05  ${'x'.repeat(23)}…`);
    expect(Math.max(...lines.map((line) => line.length))).toBe(40);
  });

  test('shows a LOB up to its first 1000 characters, no half of one, and says so', async () => {
    const notes: string[] = [];
    const note = (line: string) => void notes.push(line);
    const lob = column('LOB', new Utf8(), [`${'x'.repeat(999)}😀${'y'.repeat(300_000)}`]);
    const lines = (await text('table', [lob], { note })).split('\n');
    expect(lines[2]).toBe(`${'x'.repeat(999)}…`);
    expect(notes).toEqual([
      'values are shown up to 1000 characters; the other formats have them whole',
    ]);
  });

  test('keeps columns straight under wide characters', async () => {
    const wide = column('CITY', new Utf8(), ['東京', 'Rome']);
    const number = column('N', new Int32(), [1, 2]);
    expect(await text('table', [wide, number])).toBe('CITY  N\n────  ─\n東京  1\nRome  2\n');
  });

  test('shows control characters in place of obeying them', async () => {
    const evil = column('C', new Utf8(), ['a\nb\u001b[2J\u009b']);
    expect(await text('table', [evil])).toContain('a\\nb\\u001b[2J\\u009b');
  });
});

describe('csv', () => {
  test('quotes what RFC 4180 says, and tells NULL from an empty text', async () => {
    const notes = column('a "b"', new Utf8(), ['x,y', '', null, 'line\r\nend', 'say "hi"']);
    const numbers = column('n', new Int32(), [1, 2, 3, 4, null]);
    expect(await text('csv', [notes, numbers])).toBe(
      '"a ""b""",n\r\n"x,y",1\r\n"",2\r\n,3\r\n"line\r\nend",4\r\n"say ""hi""",\r\n',
    );
  });

  test('has only its header for no rows', async () => {
    expect(await text('csv', [regions], { batches: 0 })).toBe('REGION\r\n');
  });
});

describe('json', () => {
  test('is one array over all batches, exact where a JSON number is not', async () => {
    const ids = column('ID', new Int64(), [9_007_199_254_740_993n, null, 1n]);
    const output = await text('json', [ids, totals], { batches: 2 });
    const rows = [
      { ID: '9007199254740993', TOTAL: '1.05' },
      { ID: null, TOTAL: '200.00' },
      { ID: '1', TOTAL: '0.07' },
    ];
    expect(JSON.parse(output)).toEqual([...rows, ...rows]);
    expect(output.trimEnd().split('\n')).toHaveLength(8);
  });

  test('keeps columns of one name apart', async () => {
    const same = [column('A', new Int32(), [1]), column('A', new Int32(), [2])];
    expect(JSON.parse(await text('json', same))).toEqual([{ A: 1, A_2: 2 }]);
  });

  test('writes what is no JSON number as text', async () => {
    const odd = column('F', new Float64(), [Number.NaN, Number.NEGATIVE_INFINITY, 1.5]);
    expect(JSON.parse(await text('json', [odd]))).toEqual([
      { F: 'NaN' },
      { F: '-Infinity' },
      { F: 1.5 },
    ]);
  });

  test('is an empty array for no rows', async () => {
    expect(await text('json', [regions], { batches: 0 })).toBe('[]\n');
  });
});

describe.each([0, 1, 3])('of %i batches', (batches) => {
  const columns = [regions, totals];

  test('arrow is an IPC stream that apache-arrow reads', async () => {
    const table = tableFromIPC(await written('arrow', columns, { batches }));
    expect(table.schema.fields.map(String)).toEqual(['REGION: Utf8', 'TOTAL: Decimal[15e+2]']);
    expect(table.numRows).toBe(batches * 3);
  });

  test('parquet keeps types, rows and NULLs', async () => {
    const stored = readParquet(await written('parquet', columns, { batches }));
    const table = tableFromIPC(stored.intoIPCStream());
    expect(table.schema.fields.map(String)).toEqual(['REGION: Utf8', 'TOTAL: Decimal[15e+2]']);
    expect(table.numRows).toBe(batches * 3);
    const expected = batches === 0 ? [] : ['APAC', null, 'EMEA'];
    expect(table.getChild('REGION')?.slice(0, 3).toArray()).toEqual(expected);
  });
});

test.each(Object.entries(FORMATS))(
  'a failure in mid-result ends %s with that failure',
  async (_name, format) => {
    const { schema, messages } = sampleRows([regions], 2);
    const failing = (async function* () {
      let seen = 0;
      for await (const message of messages) {
        if (++seen > 2) throw new Error('the server went away');
        yield message;
      }
    })();
    const read = async () => {
      for await (const piece of format.write({ schema, messages: failing }, NARROW))
        expect(piece.length).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toThrow('the server went away');
  },
);
