import { z } from 'zod';

const Endpoint = z.looseObject({
  /** What it holds, in words. */
  share: z.string(),
  /** null: nothing is known. */
  rows: z.number().nullable().default(null),
});

const Report = z.looseObject({
  strategy: z.string(),
  /** One sentence: why this strategy and this number of endpoints. */
  reason: z.string(),
  key: z.array(z.string()).default([]),
  /** Where each endpoint but the first begins. */
  bounds: z.array(z.string()).default([]),
  /** Rows of the whole result, about; null: nothing is known. */
  rows: z.number().nullable().default(null),
  ordered: z.boolean().default(false),
  consistency: z.looseObject({ asked: z.string(), reached: z.string() }).optional(),
  endpoints: z.array(Endpoint),
});

/** What the server tells of how it divided a result. */
export type PartitionReport = z.infer<typeof Report>;

/** A report, and the JSON that it came as. */
export interface ReceivedReport {
  readonly report: PartitionReport;
  readonly json: string;
}

/**
 * Reads the `app_metadata` of a FlightInfo; members that are not known here are kept. Undefined when the
 * server sent none, or something else than a report, as servers that are not hana-flight may.
 */
export function readPartitionReport(appMetadata: Uint8Array): ReceivedReport | undefined {
  const json = Buffer.from(appMetadata).toString('utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  const report = Report.safeParse(parsed);
  return report.success ? { report: report.data, json } : undefined;
}
