import { HanaFlightError } from '../../src/core/errors.ts';

/** The HanaFlightError a promise rejects with; fails when it does not, or rejects with something else. */
export async function failureOf(promise: Promise<unknown>): Promise<HanaFlightError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof HanaFlightError) return thrown;
    throw new Error('expected a HanaFlightError', { cause: thrown });
  }
  throw new Error('expected a failure, the promise was fulfilled');
}

/** The HanaFlightError a call throws; fails when it does not, or throws something else. */
export function thrownBy(call: () => unknown): HanaFlightError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof HanaFlightError) return thrown;
    throw new Error('expected a HanaFlightError', { cause: thrown });
  }
  throw new Error('expected a failure, the call returned');
}
