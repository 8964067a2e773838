import { describe, expect, test } from 'vitest';
import {
  Admission,
  type AdmissionLimits,
  type Claim,
} from '../../../../src/driver/pool/admission.ts';
import { type Slot, Slots } from '../../../../src/driver/pool/slots.ts';

const PATIENCE_MS = 1_000;
const MEMORY_MS = 60_000;

interface Options extends Partial<AdmissionLimits> {
  readonly poolMax?: number;
  readonly poolMaxPerUser?: number;
}

/** Admission to slots without connections; what is asked for and got is written `Q0`: query and endpoint. */
function admissionTo({ poolMax = 100, poolMaxPerUser = 100, ...limits }: Options) {
  let now = 0;
  const slots = new Slots({ poolMax, poolMaxPerUser });
  const admission = new Admission(
    {
      patienceMs: PATIENCE_MS,
      spareConnections: 0,
      memoryBudgetBytes: Number.POSITIVE_INFINITY,
      streamBytes: 1,
      ...limits,
    },
    { now: () => now },
  );
  const names = new Map<Claim, string>();
  const held = new Map<string, { readonly claim: Claim; readonly slot: Slot }>();
  const ask = (name: string, { of = 16, owner = 'A' } = {}): Claim => {
    const [query, endpoint] = [name.slice(0, 1), name.slice(1)];
    const turn = endpoint === '' ? undefined : { query, endpoint: Number(endpoint), of };
    const claim = admission.arrive(owner, turn);
    names.set(claim, name);
    return claim;
  };
  /** Who gets a connection now, in order. */
  const served = (): string[] => {
    const got: string[] = [];
    for (let claim = admission.next(slots); claim; claim = admission.next(slots)) {
      const name = names.get(claim) ?? '?';
      held.set(name, { claim, slot: slots.take(claim.owner) });
      got.push(name);
    }
    return got;
  };
  const end = (name: string): void => {
    const one = held.get(name);
    if (one === undefined) throw new Error(`${name} has no connection`);
    admission.end(one.claim);
    slots.free(one.slot);
    held.delete(name);
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { admission, ask, served, end, pass };
}

describe('a connection', () => {
  test('goes to a short request before it goes to an endpoint', () => {
    const { ask, served } = admissionTo({ poolMax: 2 });
    ask('Q0');
    ask('M');
    ask('N');
    expect(served()).toEqual(['M', 'N']);
  });

  test('goes to the lowest endpoint that waits, whichever came first', () => {
    const { ask, served } = admissionTo({ poolMax: 2 });
    for (const name of ['Q3', 'Q1', 'Q0', 'Q2']) ask(name);
    expect(served()).toEqual(['Q0', 'Q1']);
  });

  test('that is the last one stays free for the lowest endpoint, though nobody asked for it yet', () => {
    const { ask, served } = admissionTo({ poolMax: 2 });
    ask('Q9');
    ask('Q7');
    expect(served()).toEqual(['Q7']);
    ask('Q0');
    expect(served()).toEqual(['Q0']);
  });

  test('goes to the lowest endpoint that is wanted once the lower ones were expected in vain', () => {
    const { admission, ask, served, end, pass } = admissionTo({ poolMax: 1 });
    ask('Q9');
    ask('Q7');
    expect(served()).toEqual([]);
    expect(admission.patienceEndsAtMs).toBe(PATIENCE_MS);
    pass(PATIENCE_MS);
    expect(served()).toEqual(['Q7']);
    // Its client reads some of the endpoints here, so the next one is not kept waiting.
    pass(PATIENCE_MS);
    end('Q7');
    expect(served()).toEqual(['Q9']);
  });

  test('is kept for lower endpoints again when they come after all', () => {
    const { ask, served, end, pass } = admissionTo({ poolMax: 1 });
    ask('Q9');
    pass(PATIENCE_MS);
    expect(served()).toEqual(['Q9']);
    pass(PATIENCE_MS);
    ask('Q2');
    ask('Q4');
    end('Q9');
    expect(served()).toEqual([]);
    ask('Q0');
    expect(served()).toEqual(['Q0']);
  });

  test('goes first to an endpoint that is read once more, if it is the lowest then', () => {
    const { ask, served, end } = admissionTo({ poolMax: 1 });
    for (const name of ['Q0', 'Q1', 'Q2']) ask(name);
    expect(served()).toEqual(['Q0']);
    end('Q0');
    ask('Q0');
    expect(served()).toEqual(['Q0']);
    end('Q0');
    expect(served()).toEqual(['Q1']);
  });

  test('does not go to a second reader of the lowest endpoint, if another query needs it', () => {
    const { ask, served } = admissionTo({ poolMax: 2 });
    ask('Q0');
    expect(served()).toEqual(['Q0']);
    ask('R1');
    ask('Q0');
    expect(served()).toEqual([]);
    ask('R0');
    expect(served()).toEqual(['R0']);
  });

  test('stays free for the lowest endpoints of other users', () => {
    const { ask, served } = admissionTo({ poolMax: 3 });
    ask('R1', { owner: 'B' });
    for (const name of ['Q0', 'Q1', 'Q2']) ask(name);
    expect(served()).toEqual(['Q0', 'R1']);
    ask('R0', { owner: 'B' });
    expect(served()).toEqual(['R0']);
  });

  test('does not stay free for a user who has all that he may have', () => {
    const { ask, served } = admissionTo({ poolMax: 4, poolMaxPerUser: 2 });
    for (const name of ['R0', 'S0', 'T0', 'U0']) ask(name, { owner: 'B', of: 1 });
    expect(served()).toEqual(['R0', 'S0']);
    for (const name of ['Q0', 'Q1', 'Q2']) ask(name);
    expect(served()).toEqual(['Q0', 'Q1']);
  });

  test('that is spare goes to a short request or a lowest endpoint, not to another endpoint', () => {
    const { ask, served } = admissionTo({ poolMax: 3, spareConnections: 1 });
    for (const name of ['Q0', 'Q1', 'Q2']) ask(name);
    expect(served()).toEqual(['Q0', 'Q1']);
    ask('R0');
    expect(served()).toEqual(['R0']);
  });
});

describe('among several queries', () => {
  test('the one with the fewest connections goes first', () => {
    const { ask, served, end } = admissionTo({ poolMax: 5 });
    for (const name of ['Q0', 'Q1', 'Q2', 'Q3']) ask(name);
    expect(served()).toEqual(['Q0', 'Q1', 'Q2', 'Q3']);
    for (const name of ['R0', 'R1', 'R2', 'Q4', 'Q5']) ask(name);
    expect(served()).toEqual(['R0']);
    end('Q3');
    end('Q2');
    expect(served()).toEqual(['R1', 'Q4']);
  });

  test('lowest endpoints go by turns, also while the query has other connections', () => {
    const { ask, served, end } = admissionTo({ poolMax: 2 });
    ask('Q0');
    ask('Q2');
    expect(served()).toEqual(['Q0', 'Q2']);
    for (const name of ['Q1', 'R0', 'R1', 'S0', 'S1']) ask(name, { of: 3 });
    const order: string[] = [];
    for (let last = 'Q0'; order.length < 5; ) {
      end(last);
      last = served()[0] ?? '';
      order.push(last);
    }
    expect(order).toEqual(['R0', 'S0', 'Q1', 'R1', 'S1']);
  });

  test('users go by turns, however many queries each has', () => {
    const { ask, served, end } = admissionTo({ poolMax: 1 });
    for (const name of ['Q0', 'R0', 'S0']) ask(name, { of: 1 });
    for (const name of ['T0', 'U0']) ask(name, { of: 1, owner: 'B' });
    const order: string[] = served();
    while (order.length < 5) {
      end(order.at(-1) ?? '');
      order.push(...served());
    }
    expect(order).toEqual(['Q0', 'T0', 'R0', 'U0', 'S0']);
  });
});

describe('the memory budget', () => {
  test('holds back what does not fit, until something ends', () => {
    const { admission, ask, served, end } = admissionTo({ memoryBudgetBytes: 20, streamBytes: 10 });
    for (const name of ['Q0', 'Q1', 'Q2']) ask(name, { of: 3 });
    expect(served()).toEqual(['Q0', 'Q1']);
    expect(admission.usedBytes).toBe(20);
    end('Q0');
    expect(served()).toEqual(['Q2']);
  });

  test('leaves room for the lowest endpoint of each query', () => {
    const { ask, served } = admissionTo({ memoryBudgetBytes: 20, streamBytes: 10 });
    ask('R1');
    ask('Q0');
    ask('Q1');
    expect(served()).toEqual(['Q0']);
    ask('R0');
    expect(served()).toEqual(['R0']);
  });

  test('does not stop what is larger by itself, if nothing else gets on', () => {
    const { ask, served, end } = admissionTo({ memoryBudgetBytes: 5, streamBytes: 10 });
    for (const name of ['Q0', 'Q1', 'R0']) ask(name, { of: 2 });
    expect(served()).toEqual(['Q0']);
    end('Q0');
    expect(served()).toEqual(['R0']);
    end('R0');
    expect(served()).toEqual(['Q1']);
  });

  test('counts a stream as what it has told, and those of the same query like it', () => {
    const { admission, ask, served } = admissionTo({ memoryBudgetBytes: 20, streamBytes: 10 });
    const lowest = ask('Q0');
    expect(served()).toEqual(['Q0']);
    admission.resize(lowest, 4);
    for (const endpoint of [1, 2, 3, 4, 5, 6]) ask(`Q${endpoint}`);
    expect(served()).toEqual(['Q1', 'Q2', 'Q3', 'Q4']);
    admission.resize(lowest, 2);
    expect(admission.usedBytes).toBe(2 + 4 * 4);
  });

  test('starts with what the turn says', () => {
    const { admission } = admissionTo({ streamBytes: 10 });
    admission.arrive('A', { query: 'Q', endpoint: 0, of: 1, streamBytes: 3 });
    const source = { freeInAll: 1, freeFor: () => 1 };
    expect(admission.next(source)).toBeDefined();
    expect(admission.usedBytes).toBe(3);
  });
});

describe('patience', () => {
  test('does not run out while a lower endpoint is read', () => {
    const { admission, ask, served, end, pass } = admissionTo({ poolMax: 1 });
    ask('Q0');
    const second = ask('Q1');
    served();
    pass(5_000);
    expect(admission.waitsSinceMs(second)).toBe(5_000);
    end('Q0');
    pass(1_000);
    expect(admission.waitsSinceMs(second)).toBe(5_000);
  });

  test('starts anew when the user gets a connection', () => {
    const { admission, ask, served, end, pass } = admissionTo({ poolMax: 1 });
    ask('R0');
    const waiting = ask('Q0');
    served();
    ask('S0');
    pass(700);
    end('R0');
    ask('M');
    expect(served()).toEqual(['M']);
    pass(200);
    expect(admission.waitsSinceMs(waiting)).toBe(700);
  });

  test('of a short request counts from its arrival', () => {
    const { admission, ask, pass } = admissionTo({ poolMax: 1 });
    pass(300);
    const claim = ask('M');
    pass(300);
    expect(admission.waitsSinceMs(claim)).toBe(300);
  });
});

describe('what is known of a query', () => {
  test('lasts for a while after its last endpoint has ended', () => {
    const { ask, served, end, pass } = admissionTo({ poolMax: 1 });
    ask('Q0');
    served();
    end('Q0');
    pass(MEMORY_MS - 1);
    ask('Q1');
    expect(served()).toEqual(['Q1']);
  });

  test('is forgotten then', () => {
    const { ask, served, end, pass } = admissionTo({ poolMax: 1 });
    ask('Q0');
    served();
    end('Q0');
    pass(MEMORY_MS);
    // Endpoint 0 is expected as if it had never been read.
    ask('Q1');
    expect(served()).toEqual([]);
  });

  test('keeps no connection for a client that has come to rest', () => {
    const { ask, served, end, pass } = admissionTo({ poolMax: 2 });
    ask('Q0');
    served();
    end('Q0');
    for (const name of ['R0', 'R1']) ask(name);
    expect(served()).toEqual(['R0']);
    pass(PATIENCE_MS);
    expect(served()).toEqual(['R1']);
  });

  test('is not asked for by a timer when nobody waits', () => {
    const { admission, ask, served } = admissionTo({ poolMax: 2 });
    ask('Q1');
    expect(served()).toEqual(['Q1']);
    expect(admission.patienceEndsAtMs).toBeUndefined();
  });

  test('forgets who does not wait any more', () => {
    const { admission, ask, served } = admissionTo({ poolMax: 1 });
    admission.end(ask('Q0', { of: 2 }));
    admission.end(ask('M'));
    expect(admission.waitingEndpoints).toBe(0);
    expect(served()).toEqual([]);
  });
});
