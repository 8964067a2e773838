import { ipcStream } from '../../flight/client.ts';
import type { Format } from './format.ts';

/** An Arrow IPC stream: the server's own bytes, not decoded on their way. */
export const arrow: Format = {
  binary: true,
  write: ({ messages }) => ipcStream(messages),
};
