import { fileURLToPath } from 'node:url';
import { DEMO } from '../credentials.ts';
import type { PeerCommand } from './peer-program.ts';
import {
  type Provision,
  provideGo,
  provideHdbcli,
  providePython,
  provideRust,
} from './toolchains.ts';

/** A client of HANA that somebody could use in place of hana-flight, and that ends in Arrow. */
export interface Peer {
  readonly name: string;
  /** Takes part without `--peers`: it needs nothing but Node. */
  readonly always: boolean;
  /** Workloads that it cannot bring into Arrow, with the reason. */
  readonly cannot: Readonly<Record<string, string>>;
  readonly provide: () => Promise<ReadyPeer>;
}

type ReadyPeer =
  | { readonly state: 'ready'; readonly command: (hana: string) => PeerCommand }
  | { readonly state: 'missing'; readonly reason: string };

/** Name of the peer that the others are compared with: it is there wherever hana-flight is. */
export const NODE_HDB = 'node-hdb row objects to Arrow';

const FLOATING = 'takes a DECIMAL without scale for one of scale 0';

/** Those that read; SAP's JDBC driver is run by hand, see docs/performance.md. */
export const PEERS: readonly Peer[] = [
  {
    name: NODE_HDB,
    always: true,
    cannot: { LOB: 'gives LOBs as streams, one by one' },
    provide: async () => ({
      state: 'ready',
      command: (hana) => ({
        executable: process.execPath,
        args: ['--import', 'tsx', program('node/hdb-reader.ts'), hana, DEMO.user, DEMO.password],
      }),
    }),
  },
  {
    name: 'hdbcli fetchmany to pyarrow',
    always: false,
    cannot: { DECIMALS: FLOATING },
    provide: async () => {
      const python = await providePython();
      if (python.state === 'missing') return python;
      const hdbcli = provideHdbcli(python.executable);
      if (hdbcli.state === 'missing') return hdbcli;
      return {
        state: 'ready',
        command: (hana) => ({
          executable: python.executable,
          args: ['-B', program('python/hdbcli_reader.py'), hana, DEMO.user, DEMO.password],
          environment: { PYTHONPATH: hdbcli.executable },
        }),
      };
    },
  },
  {
    name: 'Rust hdbconnect-arrow',
    always: false,
    cannot: { LOB: 'has no LOBs over its asynchronous connection', DECIMALS: FLOATING },
    provide: async () => compiled(provideRust()),
  },
  {
    name: 'go-hdb to arrow-go',
    always: false,
    cannot: { LOB: 'gives LOBs as streams, one by one' },
    provide: async () => compiled(provideGo()),
  },
];

function compiled(provision: Provision): ReadyPeer {
  if (provision.state === 'missing') return provision;
  const { executable } = provision;
  return {
    state: 'ready',
    command: (hana) => ({ executable, args: [hana, DEMO.user, DEMO.password] }),
  };
}

/** Path of a program of the bench. */
export function program(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
