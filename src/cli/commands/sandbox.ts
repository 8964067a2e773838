import type { Settings } from '../../config/settings.ts';
import { createLog } from '../../observability/log.ts';
import { sandboxBanner } from '../banner.ts';
import { DEMO_LOGON, startDemoSandbox } from '../demo-sandbox.ts';
import { writeReadyFile } from '../ready-file.ts';
import { stopSignal } from '../signals.ts';
import type { Terminal } from '../terminal.ts';

/** `hana-flight sandbox`: serves HANA's wire protocol until a signal. */
export async function runSandbox(
  settings: Settings<'sandbox'>,
  { stdout, stderr }: Terminal,
): Promise<void> {
  const log = createLog({
    level: settings.logLevel,
    sqlText: settings.trace,
    plain: stderr.isTTY === true,
  });
  const trace = settings.trace ? (line: string) => stderr.write(`${line}\n`) : undefined;
  const stopped = stopSignal();
  const sandbox = await startDemoSandbox(settings, { trace });
  try {
    stdout.write(sandboxBanner(sandbox.url, DEMO_LOGON));
    if (settings.readyFile !== undefined) {
      await writeReadyFile(settings.readyFile, { hana: sandbox.url });
    }
    log.info({ signal: await stopped }, 'stopping');
  } finally {
    await sandbox.close();
  }
}
