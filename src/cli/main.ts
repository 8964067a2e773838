#!/usr/bin/env node
import { errorLine, exitCodeOf } from './exit-codes.ts';
import { runProgram } from './program.ts';

// Set, not called: process.exit() could cut off output that a pipe has not taken yet.
process.exitCode = await runProgram(process.argv.slice(2), process).catch((failure: unknown) => {
  process.stderr.write(`${errorLine(failure)}\n`);
  return exitCodeOf(failure);
});
