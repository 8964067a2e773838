// Serves a scenario of Arrow's integration tests until it is told to end.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { serveScenario } from './scenarios.ts';

const LARGEST_PORT = 65_535;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      scenario: { type: 'string', default: '' },
    },
  });
  const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const server = await serveScenario(values.scenario, portOf(values.port));
  process.stdout.write(`Server listening on localhost:${server.port}\n`);
  await ended;
  await server.close();
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= LARGEST_PORT) return port;
  throw new Error(`--port: expected a number from 0 to ${LARGEST_PORT}, got ${text}`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`scenario: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
