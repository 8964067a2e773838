import { BroadcastChannel, threadId } from 'node:worker_threads';

/* A lane that a test can crash: it answers `who` with its thread id, and throws where nobody catches on it. */

const channel = new BroadcastChannel('crashing lanes');
channel.unref();
channel.addEventListener('message', ({ data }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the rule is about windows
  if (data === 'who') channel.postMessage({ lane: threadId });
  if (data.crash === threadId) {
    setImmediate(() => {
      throw new Error('crashed by a test');
    });
  }
});

await import('../../dist/driver/lanes/thread/lane-thread.js');
