/**
 * Arrow types and schemas as plain data: they cross folders, worker threads and sealed tickets
 * unchanged. Only classic layouts that every Flight client reads; what clients send in other layouts is
 * brought into these. Zones, milliseconds and `time64` come from clients only.
 */
export type ArrowType =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'decimal128'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'utf8' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'date32' }
  | { readonly kind: 'time32'; readonly unit: 's' | 'ms' }
  | { readonly kind: 'time64'; readonly unit: 'us' | 'ns' }
  | {
      readonly kind: 'timestamp';
      readonly unit: 's' | 'ms' | 'us' | 'ns';
      /** Present: values count from the epoch in UTC. Absent: they are what a clock on the wall shows. */
      readonly timezone?: string | undefined;
    }
  | { readonly kind: 'fixed-size-list'; readonly size: number; readonly item: ArrowField }
  | { readonly kind: 'list'; readonly item: ArrowField }
  | { readonly kind: 'struct'; readonly fields: readonly ArrowField[] }
  | { readonly kind: 'map'; readonly entries: ArrowField }
  | { readonly kind: 'dense-union'; readonly members: readonly ArrowField[] };

export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly nullable: boolean;
  /** Field metadata, e.g. `ARROW:FLIGHT:SQL:TYPE_NAME`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
}
