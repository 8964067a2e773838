import { cesu8ToString } from '../driver/values/cesu8.ts';
import { isLob, type LobParameter, type ParameterValue } from '../driver/wire/parts/parameters.ts';
import type { WriteLobRequest } from '../driver/wire/parts/write-lob-request.ts';
import { type EngineValue, SandboxError } from './engine.ts';
import { locatorBytes } from './lobs.ts';
import { protocolError } from './reply.ts';
import type { ExecutionTerms } from './statement-runner.ts';
import type { CompiledStatement } from './statements.ts';

/** All that one EXECUTE may bring in by WRITELOB. */
const MAX_WRITTEN_BYTES = 512 * 1024 * 1024;
const OUT_OF_MEMORY = 4;

interface OpenLob {
  readonly character: boolean;
  readonly chunks: Uint8Array[];
  complete: boolean;
}

/**
 * An EXECUTE whose LOBs come piece by piece. The statement runs when the last piece is there; HANA runs
 * it first and fills the LOBs in, which shows no difference but to triggers.
 */
export class DeferredExecution {
  readonly statement: CompiledStatement;
  readonly terms: ExecutionTerms;
  readonly #rows: readonly (readonly (EngineValue | OpenLob)[])[];
  readonly #open = new Map<bigint, OpenLob>();
  #writtenBytes = 0;

  constructor(
    statement: CompiledStatement,
    rows: readonly (readonly ParameterValue[])[],
    terms: ExecutionTerms,
  ) {
    this.statement = statement;
    this.terms = terms;
    let lastLocator = 0n;
    this.#rows = rows.map((row) =>
      row.map((value) => {
        if (!isLob(value) || value.complete) return engineValue(value);
        const lob = { character: value.character, chunks: [value.data], complete: false };
        this.#open.set(++lastLocator, lob);
        return lob;
      }),
    );
  }

  /** Locators of the LOBs that are not complete, in parameter order. */
  openLocators(): readonly Uint8Array[] {
    return [...this.#open].filter(([, lob]) => !lob.complete).map(([id]) => locatorBytes(id));
  }

  /** Appends a piece. All drivers write from start to end, so its offset says nothing more. */
  write(request: WriteLobRequest): void {
    const locator = Buffer.from(request.locator).readBigInt64LE();
    const lob = this.#open.get(locator);
    if (lob === undefined || lob.complete) {
      throw protocolError(`invalid lob locator id (piecewise lob writing): ${locator}`);
    }
    this.#writtenBytes += request.data.length;
    if (this.#writtenBytes > MAX_WRITTEN_BYTES) {
      throw new SandboxError(OUT_OF_MEMORY, 'cannot allocate enough memory: LOBs of one statement');
    }
    lob.chunks.push(Uint8Array.from(request.data));
    lob.complete = request.last;
  }

  /** The parameter rows, once no LOB is open. */
  completeRows(): readonly (readonly EngineValue[])[] {
    return this.#rows.map((row) => row.map((value) => (isOpenLob(value) ? joined(value) : value)));
  }
}

/** True when some LOB of the rows is still to come. */
export function awaitsLobs(rows: readonly (readonly ParameterValue[])[]): boolean {
  return rows.some((row) => row.some((value) => isLob(value) && !value.complete));
}

/** What the engine gets for a parameter that came whole. */
export function engineValue(value: ParameterValue): EngineValue {
  return isLob(value) ? lobValue(value) : value;
}

function lobValue(lob: LobParameter): EngineValue {
  return lob.character ? cesu8ToString(lob.data) : Uint8Array.from(lob.data);
}

function isOpenLob(value: EngineValue | OpenLob): value is OpenLob {
  return typeof value === 'object' && value !== null && 'chunks' in value;
}

/** Joined before decoding: a piece may end in the middle of a character. */
function joined(lob: OpenLob): EngineValue {
  const bytes = Buffer.concat(lob.chunks);
  return lob.character ? cesu8ToString(bytes) : bytes;
}
