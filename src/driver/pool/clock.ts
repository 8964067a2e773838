/** Time as the pool sees it, so that a test can make it pass. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Runs `action` once after `delayMs`; the function returned calls it off. */
  after(delayMs: number, action: () => void): () => void;
}

/** Real time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
