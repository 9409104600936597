/** Options of `serve` and of `demo --serve`. */
export const PORT_OPTION = {
  type: 'string',
  value: 'N',
  description: 'the port to listen on; without it the system chooses one',
} as const;

export const ACCOUNTS_OPTION = {
  type: 'string',
  value: 'FILE',
  description: 'who can log on: a JSON array of accounts, smbpasswd or htdigest (engine only)',
} as const;
