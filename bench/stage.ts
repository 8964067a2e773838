/** What every stage is told. */
export interface StageOptions {
  readonly rows: number;
  readonly rounds: number;
  readonly seed: number;
  /** Fetch SAP's Python client and measure it as well. */
  readonly hdbcli: boolean;
}

/** One line of the result. */
export interface Figure {
  readonly name: string;
  /** Medians over all rounds. */
  readonly rowsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly milliseconds: number;
  /** Median of the speed-ups over the baseline, each taken within one round. */
  readonly ratio: number;
  /** Time of every round, in order. */
  readonly rounds: readonly number[];
}

/** One subject of measurement: `npm run bench -- NAME`. */
export interface Stage {
  readonly name: string;
  readonly summary: string;
  readonly run: (options: StageOptions) => Promise<readonly Figure[]>;
}
