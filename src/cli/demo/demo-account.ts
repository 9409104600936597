/** The account that the demo's server knows. */
export const DEMO_ACCOUNT = { user: 'alice', password: 'open sesame' } as const;
