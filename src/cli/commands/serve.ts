import { type Command, defineCommand } from '../command.js';
import { JSON_OPTION, PROVIDER_OPTION } from '../common-options.js';
import { runServer } from '../serve/run-server.js';
import { ACCOUNTS_OPTION, PORT_OPTION } from '../serve/serve-options.js';

export const serve: Command = defineCommand({
  name: 'serve',
  summary: 'keep an IMAP server with every SASL profile up on loopback, for other clients',
  options: { port: PORT_OPTION, accounts: ACCOUNTS_OPTION, json: JSON_OPTION, provider: PROVIDER_OPTION },
  run: runServer,
});
