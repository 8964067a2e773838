/** The user whom the replay server lets in. */
export const DEMO = { user: 'DEMO', password: 'Demo1234' } as const;
