import { fileURLToPath } from 'node:url';
import type { ForeignSuite } from './foreign-suite.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';

/** A program of `test/clients/python`, and the server it talks to. */
export interface PythonProgram {
  readonly program: string;
  /** Rows of demo data. */
  readonly rows: number;
  /** More flags of the server. */
  readonly flags?: readonly string[];
}

export function pythonSuite(
  { program, rows, flags = [] }: PythonProgram,
  suite: Omit<ForeignSuite, 'toolchain' | 'start' | 'args'>,
): ForeignSuite {
  return {
    toolchain: 'python',
    start: () => serveSandbox(rows, flags),
    args: (server) => pythonArguments(program, server),
    ...suite,
  };
}

/** A server with a sandbox inside. */
function serveSandbox(rows: number, flags: readonly string[]): Promise<HanaFlightProcess> {
  const size = ['--sandbox-rows', `${rows}`];
  return HanaFlightProcess.start('serve', '--listen', '127.0.0.1:0', ...size, ...flags);
}

/** Arguments that run a program of `test/clients/python` against a server. */
export function pythonArguments(program: string, server: HanaFlightProcess): readonly string[] {
  const script = fileURLToPath(new URL(`./python/${program}`, import.meta.url));
  // -B: no compiled files beside the sources.
  return ['-B', script, server.flight, DEMO.user, DEMO.password];
}
