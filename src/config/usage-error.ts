import { HanaFlightError } from '../core/errors.ts';

/** What the person who started the program got wrong: a flag, a variable, a settings file. */
export class UsageError extends HanaFlightError {
  constructor(message: string, cause?: unknown) {
    super('invalid-argument', message, { cause });
  }
}
