import { HanaFlightError } from '../../core/errors.ts';
import { suggestion } from '../../core/nearest-name.ts';
import { COMPRESSION_HEADER } from '../../flight/compression-header.ts';
import type { SessionOptionValue } from '../../flight/producer.ts';
import type { PartitionRequest } from '../../planner/plan.ts';
import { hintWords, soleWord, splitWords, type Word } from './option-words.ts';
import {
  OPTION_NAMES,
  type OptionName,
  optionName,
  PARTITION_OPTIONS,
} from './partition-options.ts';

/** Where a value may come from; a later one counts more. */
export type OptionOrigin = 'setting' | 'session' | 'header' | 'hint';

/** What headers that ask for something begin with. */
export const HEADER_PREFIX = 'x-flight-';
/** What session options that ask for something begin with. */
export const SESSION_PREFIX = 'flight.';

/** Characters of a bad value in an error text. */
const MAX_PRINTED = 200;

export interface RequestSources {
  /** Of the FLIGHT hints in the SQL text, by lower-case name; lists as JSON, names as HANA stores them. */
  readonly hint: ReadonlyMap<string, string>;
  /** All headers of the call, lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** All options of the session. */
  readonly session: ReadonlyMap<string, SessionOptionValue>;
  /** What the settings of the server say. */
  readonly defaults: Pick<PartitionRequest, 'endpoints' | 'consistency'>;
}

export interface SettledRequest {
  readonly request: PartitionRequest;
  /** Where the value of each option came from; nothing for one that was not given. */
  readonly origins: ReadonlyMap<OptionName, OptionOrigin>;
}

/** What one source asks for. */
type Asked = ReadonlyMap<OptionName, Partial<PartitionRequest>>;

/** A value as its source holds it, and how an error text calls the place. */
export interface GivenOption {
  readonly value: SessionOptionValue;
  readonly where: string;
}

/**
 * Settles what a caller asks for a query: a hint in its SQL counts most, then the headers of the call, the
 * options of the session, the settings of the server. Bounds belong to a column: those of a weaker source
 * are left out when a stronger one names the column.
 * @throws HanaFlightError `invalid-argument` for an unknown name, with the nearest known one, and for a
 * bad value, with its place.
 */
export function partitionRequest(sources: RequestSources): SettledRequest {
  const { defaults } = sources;
  const asked: readonly (readonly [OptionOrigin, Asked])[] = [
    ['session', askedBySession(sources.session)],
    ['header', askedByHeaders(sources.headers)],
    ['hint', askedByHint(sources.hint)],
  ];
  let request: PartitionRequest = { ...defaults };
  const origins = new Map<OptionName, OptionOrigin>([
    ['endpoints', 'setting'],
    ['consistency', 'setting'],
  ]);
  for (const [origin, values] of asked) {
    if (values.has('column')) {
      request = { ...request, bounds: undefined };
      origins.delete('bounds');
    }
    for (const [name, value] of values) {
      request = { ...request, ...value };
      origins.set(name, origin);
    }
  }
  return { request, origins };
}

/**
 * Judges an option of a session when it is set, so that the caller hears of a mistake at once.
 * @throws HanaFlightError `invalid-argument`.
 */
export function checkSessionOption(name: string, value: SessionOptionValue | undefined): void {
  const option = requireOption(name, SESSION_PREFIX, 'session option');
  if (value !== undefined && !isBlank(value))
    readOption(option, { value, where: `session option ${name}` });
}

function askedBySession(options: RequestSources['session']): Asked {
  const asked = new Map<OptionName, Partial<PartitionRequest>>();
  for (const name of OPTION_NAMES) {
    const value = options.get(SESSION_PREFIX + name);
    if (value === undefined) continue;
    add(asked, name, { value, where: `session option ${SESSION_PREFIX}${name}` });
  }
  return asked;
}

/** Any header that begins as ours is meant for us: a misspelt one must not go unheard. */
function askedByHeaders(headers: RequestSources['headers']): Asked {
  const asked = new Map<OptionName, Partial<PartitionRequest>>();
  for (const [header, value] of headers) {
    if (!header.startsWith(HEADER_PREFIX) || header === COMPRESSION_HEADER) continue;
    const name = requireOption(header, HEADER_PREFIX, 'header');
    add(asked, name, { value, where: `header ${header}` });
  }
  return asked;
}

function askedByHint(hint: RequestSources['hint']): Asked {
  const asked = new Map<OptionName, Partial<PartitionRequest>>();
  for (const [key, value] of hint) {
    const name = requireOption(key, '', 'option of the FLIGHT hint');
    const where = `FLIGHT hint, ${name}`;
    asked.set(name, parseWords(name, hintWords(value), { value, where }));
  }
  return asked;
}

/** A blank text is no value: clients that cannot take a header or an option away send it empty. */
export function isBlank(value: SessionOptionValue): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function add(
  asked: Map<OptionName, Partial<PartitionRequest>>,
  name: OptionName,
  given: GivenOption,
): void {
  if (!isBlank(given.value)) asked.set(name, readOption(name, given));
}

function requireOption(text: string, prefix: string, noun: string): OptionName {
  const name = optionName(text.slice(prefix.length));
  if (name !== undefined) return name;
  const known = OPTION_NAMES.map((each) => prefix + each);
  throw new HanaFlightError(
    'invalid-argument',
    `unknown ${noun} ${text}${suggestion(text, known)}`,
  );
}

/**
 * Reads the value of one option as people write it; lists are separated by commas.
 * @throws HanaFlightError `invalid-argument` with the place.
 */
export function readOption(name: OptionName, given: GivenOption): Partial<PartitionRequest> {
  return parseWords(name, wordsOf(name, given.value), given);
}

function parseWords(
  name: OptionName,
  words: readonly Word[] | undefined,
  { value, where }: GivenOption,
): Partial<PartitionRequest> {
  const option = PARTITION_OPTIONS[name];
  const asked = words === undefined ? undefined : option.parse(words);
  if (asked !== undefined) return asked;
  throw new HanaFlightError(
    'invalid-argument',
    `${where}: expected ${option.expected}, got ${printed(value)}`,
  );
}

/** Undefined for what cannot be words at all: a truth value, or quotes that do not match. */
function wordsOf(name: OptionName, value: SessionOptionValue): readonly Word[] | undefined {
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'object') return value.map(soleWord);
  if (typeof value !== 'string') return [soleWord(String(value))];
  return PARTITION_OPTIONS[name].list ? splitWords(value) : [soleWord(value)];
}

/** What came, shortened: a status text of several kilobytes would be lost on its way. */
function printed(value: SessionOptionValue): string {
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length <= MAX_PRINTED ? text : `${text.slice(0, MAX_PRINTED)}…`;
}
