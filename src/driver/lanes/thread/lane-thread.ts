import { parentPort } from 'node:worker_threads';
import { HanaFlightError } from '../../../core/errors.ts';
import type { LaneOrder } from '../lane-messages.ts';
import { LaneHost } from './lane-host.ts';

/* The program of a lane's thread. */

const port = parentPort;
if (port === null) {
  throw new HanaFlightError('internal', 'a lane is a thread of hana-flight, not a program');
}

const host = new LaneHost({
  report: (report, transfer = []) => port.postMessage(report, transfer),
  end: () => port.close(),
});
// Posted by Lane, which is typed to post nothing else.
port.on('message', (order: LaneOrder) => host.take(order));
