import { HanaFlightError } from '../../core/errors.ts';
import { endsTransaction, errorOfRecord, hanaError } from '../error-codes.ts';
import { findPart, type ReplyMessage } from '../wire/message.ts';
import { PartKind } from '../wire/part-kind.ts';
import { decodeErrors } from '../wire/parts/error.ts';
import { decodeOptions } from '../wire/parts/options.ts';
import { ROW_FAILED, readRowCounts } from '../wire/parts/rows-affected.ts';
import { TransactionFlag } from '../wire/parts/transaction-flags.ts';

/** The rows of parameters that a request brings. */
export interface BatchRows {
  /** Number of the first one. */
  readonly firstRow: number;
  readonly rowCount: number;
}

/** True when HANA did not do what was asked, or not all of it. */
export function refuses(message: ReplyMessage): boolean {
  return message.kind === 'error' || firstFailedRow(message) !== undefined;
}

/**
 * What HANA says about a request it refused.
 * @param thrown node-hdb's own reading of it.
 */
export function refusalOf(
  message: ReplyMessage | undefined,
  thrown: unknown,
  batch: BatchRows | undefined,
): HanaFlightError {
  const part = message && refuses(message) ? findPart(message, PartKind.ERROR) : undefined;
  // Only the first error is sure to be readable: how HANA pads several of them is not known.
  const [record] = part === undefined ? [] : decodeErrors({ ...part, argumentCount: 1 });
  const row = message && refusedRow(message, batch);
  if (record !== undefined) return errorOfRecord(record, thrown, row);
  if (thrown) return hanaError(thrown);
  return new HanaFlightError(
    'internal',
    row === undefined
      ? 'HANA gave neither a reply nor an error'
      : `row ${row}: failed, HANA does not say why`,
  );
}

/** True when the transaction is gone with the request, although nobody asked for that. */
export function losesTransaction(
  failure: HanaFlightError,
  message: ReplyMessage | undefined,
): boolean {
  const part = message && findPart(message, PartKind.TRANSACTIONFLAGS);
  const flag = part && decodeOptions(part).get(TransactionFlag.ROLLED_BACK);
  return flag?.value === true || endsTransaction(failure);
}

/**
 * The first error belongs to the first row that is marked as failed: go-hdb and hdbconnect read it so. For
 * a single row HANA sends the error alone.
 */
function refusedRow(message: ReplyMessage, batch: BatchRows | undefined): number | undefined {
  if (batch === undefined) return undefined;
  const failed = firstFailedRow(message);
  if (failed !== undefined) return batch.firstRow + failed;
  return batch.rowCount === 1 ? batch.firstRow : undefined;
}

/** Index of the first row that is marked as failed. */
function firstFailedRow(message: ReplyMessage): number | undefined {
  const part = findPart(message, PartKind.ROWSAFFECTED);
  const index = part === undefined ? -1 : readRowCounts(part).indexOf(ROW_FAILED);
  return index < 0 ? undefined : index;
}
