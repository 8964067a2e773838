import { HanaFlightError } from '../core/errors.ts';
import { type SandboxSettings, startDemoSandbox } from './demo-sandbox.ts';
import { INNER_SANDBOX_STATEMENTS, type InnerSandboxReport } from './inner-sandbox.ts';

// A terminal sends Ctrl-C to every process it shows. This one goes when its parent does, whose streams
// may still drain.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.once('disconnect', () => process.exit(0));

process.once('message', (message) => {
  // Sent by inner-sandbox.ts, which is typed to send nothing else.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  void start(message as SandboxSettings).then((outcome) => process.send?.(outcome));
});

async function start(settings: SandboxSettings): Promise<InnerSandboxReport> {
  try {
    const { url } = await startDemoSandbox(settings, {
      maxRunningStatements: INNER_SANDBOX_STATEMENTS,
    });
    return { url };
  } catch (thrown) {
    return { failure: HanaFlightError.from(thrown).message };
  }
}
