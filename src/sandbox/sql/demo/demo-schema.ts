/** Schema of the demo data. */
export const DEMO_SCHEMA = 'SALES';
