import { nvarchar } from './column-kinds.ts';
import { column, sparse, type WorkloadDefinition } from './workload.ts';

/** Words of several scripts: one, two and three bytes a character, and pairs of surrogates. */
const WORDS = ['Zürich', 'Ærø', 'Łódź', '東京', 'Αθήνα', '😀', 'plain', 'words', 'of', 'English'];

/** Texts only: short and long, ASCII and not. */
export const STRINGS: WorkloadDefinition = {
  name: 'STRINGS',
  summary: '4 NVARCHAR columns: short and long, ASCII and of many scripts',
  defaultRows: 150_000,
  columns: [
    column(
      'CODE',
      nvarchar(10),
      sparse((number) => `K${number % 100_000}`),
    ),
    column('NAME', nvarchar(60), sparse(wordsOf(3))),
    column('REMARK', nvarchar(500), sparse(wordsOf(24))),
    column('DOCUMENT', nvarchar(2000), (numbers) =>
      'the quick brown fox jumps over the lazy dog '.repeat(1 + (numbers.next() % 8)),
    ),
  ],
};

/** That many words, chosen by the number. */
function wordsOf(count: number): (number: number) => string {
  return (number) =>
    Array.from(
      { length: count },
      (_, index) => WORDS[(number >>> (index % 24)) % WORDS.length],
    ).join(' ');
}
