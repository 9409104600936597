import { SspiError } from '../../sspi/error.js';
import { type CommandCall, CommandError, UsageError } from '../command.js';
import { type JSON_OPTION, openProvider, type PROVIDER_OPTION } from '../common-options.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { ImapObserver } from '../imap/session.js';
import { type SaslImapServer, startSaslServer } from '../imap/start-sasl-server.js';
import { chooseAccounts } from './accounts.js';
import type { ACCOUNTS_OPTION, PORT_OPTION } from './serve-options.js';
import { jsonLog, type ServerLog, textLog } from './server-log.js';

type ServeCall = CommandCall<{
  port: typeof PORT_OPTION;
  accounts: typeof ACCOUNTS_OPTION;
  json: typeof JSON_OPTION;
  provider: typeof PROVIDER_OPTION;
}>;

/** Serves until the user ends it. */
export async function runServer({ values, out, variables, signal }: ServeCall): Promise<ExitCode> {
  const port = parsePort(values.port);
  const { engine, description, example } = chooseAccounts(values.accounts ?? variables['SECUR32_ACCOUNTS']);
  const sspi = openProvider(values.provider, { engine });
  const log = values.json ? jsonLog(out) : textLog(out);
  const server = await listening(startSaslServer(sspi, { port, observe: remote => observer(log, remote) }));
  try {
    const { profiles } = server;
    log.started({ provider: sspi.provider, port: server.port, profiles, accounts: description, example });
    await aborted(signal);
  } finally {
    await server.close();
  }
  log.stopped();
  return EXIT.OK;
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 0xffff)
    throw new UsageError(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}`);
  return port;
}

async function listening(start: Promise<SaslImapServer>): Promise<SaslImapServer> {
  try {
    return await start;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new CommandError(`The server cannot listen. ${message}`, 'Choose another port, or leave --port out.');
  }
}

function observer(log: ServerLog, remote: string): ImapObserver {
  return {
    loggedOn({ identity, layer }, profile) {
      const { name, domain } = identity;
      log.happened({ event: 'logon', remote, profile, user: domain ? `${name}@${domain}` : name, layer });
    },
    refused: (error, profile) => log.happened({ event: 'refused', remote, profile, reason: reasonOf(error) }),
    failed: error => log.happened({ event: 'failed', remote, reason: reasonOf(error) }),
    closed: () => log.happened({ event: 'closed', remote }),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof SspiError) return error.code;
  return error instanceof Error ? error.message : String(error);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
