import type { Settings } from '../../config/settings.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { type HanaUrl, redactHanaUrl } from '../../driver/hana-url.ts';
import { createLog, type Logger } from '../../observability/log.ts';
import { anonymousAllowed, type RunningProxy, startProxy } from '../../proxy/start-proxy.ts';
import { serveBanner } from '../banner.ts';
import { callLog } from '../call-log.ts';
import { DEMO_LOGON } from '../demo-sandbox.ts';
import { type InnerSandbox, startInnerSandbox } from '../inner-sandbox.ts';
import { hanaUrlOf, proxyOptions, secretsOf } from '../proxy-options.ts';
import { writeReadyFile } from '../ready-file.ts';
import { stopSignal } from '../signals.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersions } from '../version.ts';

type ServeSettings = Settings<'serve'>;

/** `hana-flight serve`: serves Flight SQL until a signal, then drains. */
export async function runServe(
  settings: ServeSettings,
  { stdout, stderr }: Terminal,
): Promise<void> {
  const log = createLog({
    level: settings.logLevel,
    sqlText: settings.logSqlTextDangerously,
    plain: stderr.isTTY === true,
  });
  const stopped = stopSignal();
  const configured = settings.hana === undefined ? undefined : hanaUrlOf(settings.hana.reveal());
  const sandbox = configured === undefined ? await startInnerSandbox(settings) : undefined;
  if (sandbox !== undefined) tellOfDeath(sandbox, log);
  try {
    const hana = configured ?? hanaUrlOf(sandbox?.url ?? '');
    const proxy = await startFor(hana, settings, log);
    const hanaUrl = redactHanaUrl(hana);
    stdout.write(
      serveBanner({
        version: packageVersions().server,
        flightUrl: proxy.url,
        hanaUrl,
        demo: sandbox === undefined ? undefined : DEMO_LOGON,
      }),
    );
    if (settings.readyFile !== undefined) {
      await writeReadyFile(settings.readyFile, { flight: proxy.url, hana: hanaUrl });
    }
    log.info({ signal: await stopped, graceMs: settings.drainGrace }, 'draining');
    await proxy.close(settings.drainGrace);
  } finally {
    await sandbox?.close();
  }
}

async function startFor(
  hana: HanaUrl,
  settings: ServeSettings,
  log: Logger,
): Promise<RunningProxy> {
  const secrets = secretsOf(settings);
  if (secrets.temporary) {
    log.warn(
      'no --secret-file: tickets and tokens are sealed with a random secret, and become invalid when this process ends',
    );
  }
  if (hana.credentials !== undefined && !anonymousAllowed(settings.listen.host)) {
    log.warn(
      'the user of --hana is not lent to callers, because --listen is not a loopback address',
    );
  }
  const options = proxyOptions(settings, hana, secrets.texts, packageVersions());
  try {
    const lanes = options.lanes && { ...options.lanes, onCrash: tellOfCrash(log) };
    return await startProxy({ ...options, lanes, onCallEnd: callLog(log) });
  } catch (thrown) {
    const { code, message } = HanaFlightError.from(thrown);
    // An address in use is to the person who starts a server what an unreachable one is to a client.
    throw code === 'failed-precondition'
      ? new HanaFlightError('unavailable', message, { cause: thrown })
      : thrown;
  }
}

/** The calls that it cut have ended with a status; the next ones find another in its place. */
function tellOfCrash(log: Logger): (failure: HanaFlightError) => void {
  return (err) => log.error({ err }, 'a lane crashed; another takes its place');
}

/** Without its sandbox the server answers UNAVAILABLE; the log says why. */
function tellOfDeath(sandbox: InnerSandbox, log: Logger): void {
  void sandbox.died.then((err) => {
    log.error({ err }, 'the sandbox is gone; queries will fail until this server is restarted');
    return undefined;
  });
}
