import { ENDPOINT_COUNT, MAX_ENDPOINTS, parseEndpointCount } from '../../core/endpoint-count.ts';
import { CONSISTENCY_LEVELS, type PartitionRequest, STRATEGIES } from '../../planner/plan.ts';
import type { Word } from './option-words.ts';

/** A row of the table of partition options. */
interface PartitionOption {
  readonly doc: string;
  /** How a value is written, for help texts. */
  readonly syntax: string;
  /** What follows the word "expected" in an error text. */
  readonly expected: string;
  /** True when commas separate the items of a text. */
  readonly list: boolean;
  /** @returns what is asked for; undefined for a value that is not as {@link expected}. */
  parse(words: readonly Word[]): Partial<PartitionRequest> | undefined;
}

/** HANA takes no longer identifier, in bytes. */
const MAX_NAME_BYTES = 127;
/** No key of HANA has more columns. */
const MAX_COLUMNS = 16;

/** A name that SQL takes without quotes; HANA folds it to upper case. */
const UNQUOTED_NAME = /^[\p{L}_][\p{L}\p{N}_#$]*$/u;

export const OPTION_NAMES = ['endpoints', 'column', 'strategy', 'bounds', 'consistency'] as const;

export type OptionName = (typeof OPTION_NAMES)[number];

/** What a caller can ask of partitioning, the same wherever it is asked: hint, header, session option. */
export const PARTITION_OPTIONS: Readonly<Record<OptionName, PartitionOption>> = {
  endpoints: {
    doc: 'how many endpoints: `auto` as the size suggests, `off` one, or a number',
    syntax: ENDPOINT_COUNT.syntax,
    expected: ENDPOINT_COUNT.expected,
    list: false,
    parse: (words) => {
      const endpoints = parseEndpointCount(soleText(words));
      return endpoints === undefined ? undefined : { endpoints };
    },
  },
  column: {
    doc: 'the key to split by: a column, or several; `"quoted"` names are kept, others fold to upper case',
    syntax: 'NAME[,NAME…]',
    expected: `the name of a column or up to ${MAX_COLUMNS} of them, separated by commas`,
    list: true,
    parse: (words) => {
      const columns = words.map(columnName).filter((name) => name !== undefined);
      const complete = columns.length === words.length && columns.length > 0;
      return complete && columns.length <= MAX_COLUMNS ? { columns } : undefined;
    },
  },
  strategy: {
    doc: 'how to split, where several ways are possible',
    syntax: STRATEGIES.join('|'),
    expected: `one of ${STRATEGIES.join(', ')}`,
    list: false,
    parse: (words) => {
      const strategy = wordOf(STRATEGIES, words);
      return strategy === undefined ? undefined : { strategy };
    },
  },
  bounds: {
    doc: 'where each endpoint but the first begins, as text of the type of the key; belongs to `column`',
    syntax: 'VALUE[,VALUE…]',
    expected: `1 to ${MAX_ENDPOINTS - 1} values, separated by commas`,
    list: true,
    parse: (words) => {
      const bounds = words.map(({ text }) => text);
      const given = words.every(({ text, exact }) => exact || text !== '');
      return given && bounds.length > 0 && bounds.length < MAX_ENDPOINTS ? { bounds } : undefined;
    },
  },
  consistency: {
    doc: 'what the endpoints show together',
    syntax: CONSISTENCY_LEVELS.join('|'),
    expected: `one of ${CONSISTENCY_LEVELS.join(', ')}`,
    list: false,
    parse: (words) => {
      const consistency = wordOf(CONSISTENCY_LEVELS, words);
      return consistency === undefined ? undefined : { consistency };
    },
  },
};

/** Narrows a name to one of {@link OPTION_NAMES}; undefined for any other. */
export function optionName(text: string): OptionName | undefined {
  return OPTION_NAMES.find((name) => name === text);
}

function soleText(words: readonly Word[]): string {
  return words.length === 1 ? (words[0]?.text ?? '') : '';
}

function wordOf<T extends string>(known: readonly T[], words: readonly Word[]): T | undefined {
  const word = soleText(words).toLowerCase();
  return known.find((each) => each === word);
}

/** As HANA stores it; undefined for what is no name. */
function columnName({ text, exact }: Word): string | undefined {
  const name = exact ? text : text.toUpperCase();
  const valid = exact ? name !== '' : UNQUOTED_NAME.test(text);
  return valid && Buffer.byteLength(name) <= MAX_NAME_BYTES ? name : undefined;
}
