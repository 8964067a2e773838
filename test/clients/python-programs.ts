import { fileURLToPath } from 'node:url';
import type { ForeignSuite } from './foreign-suite.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';

/** A suite of `test/clients/python`: the program, and how many rows of demo data its server holds. */
export function pythonSuite(
  program: string,
  rows: number,
  suite: Omit<ForeignSuite, 'toolchain' | 'start' | 'args'>,
): ForeignSuite {
  return {
    toolchain: 'python',
    start: () => serveSandbox(rows),
    args: (server) => pythonArguments(program, server),
    ...suite,
  };
}

/** A server with a sandbox inside. */
function serveSandbox(rows: number): Promise<HanaFlightProcess> {
  return HanaFlightProcess.start('serve', '--listen', '127.0.0.1:0', '--sandbox-rows', `${rows}`);
}

/** Arguments that run a program of `test/clients/python` against a server. */
export function pythonArguments(program: string, server: HanaFlightProcess): readonly string[] {
  const script = fileURLToPath(new URL(`./python/${program}`, import.meta.url));
  // -B: no compiled files beside the sources.
  return ['-B', script, server.flight, DEMO.user, DEMO.password];
}
