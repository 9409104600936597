import type { Ccache, CcacheCredential } from '../../engine/kerberos/ccache/ccache.js';
import { defaultCcacheName, loadCcache } from '../../engine/kerberos/ccache/load-ccache.js';
import { TICKET_FLAG } from '../../engine/kerberos/constants/flags.js';
import { encryptionTypeName } from '../../engine/kerberos/crypto/encryption-types.js';
import { decodeTicket } from '../../engine/kerberos/messages/ticket.js';
import { formatPrincipal } from '../../engine/kerberos/names/principal.js';
import { type Command, type CommandCall, defineCommand, UsageError } from '../command.js';
import { JSON_OPTION } from '../common-options.js';
import { flagsText } from '../decode/kerberos/fields.js';
import { visible } from '../decode/render-tree.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { listKeytab } from '../kerberos/list-keytab.js';
import { openKerberos } from '../kerberos/open-kerberos.js';
import { durationText, localTime } from '../kerberos/time-text.js';
import type { Terminal } from '../terminal.js';

const options = {
  keytab: { type: 'boolean', description: 'show the keys of a keytab' },
  json: JSON_OPTION,
} as const;

export const klist: Command = defineCommand({
  name: 'klist',
  summary: 'show the tickets of a credential cache, or the keys of a keytab',
  positionals: '[name]',
  options,
  details: [
    '',
    'The name is that of a cache (FILE:path, DIR:folder, a path) or of a keytab; without one, those of',
    'KRB5CCNAME and KRB5_KTNAME, krb5.conf, or the usual ones. Exit code 1: no ticket is good any more.',
  ],
  run,
});

async function run(call: CommandCall<typeof options>): Promise<ExitCode> {
  const { values, positionals, out, variables } = call;
  if (positionals.length > 1) throw new UsageError('klist takes one name');
  const services = await openKerberos(variables);
  if (values.keytab) return listKeytab(out, services, positionals[0], values.json);
  const { config, environment } = services;
  const name = positionals[0] ?? defaultCcacheName(environment, config);
  const cache = await loadCcache(environment, name);
  const now = environment.now() + (cache.kdcOffset ?? 0) / 1000;
  if (values.json) printJson(out, cache, name, now);
  else printText(out, cache, name, now);
  return cache.credentials.some(({ endtime }) => endtime * 1000 > now) ? EXIT.OK : EXIT.FAILURE;
}

function printText(out: Terminal, { credentials, kdcOffset = 0, principal }: Ccache, name: string, now: number): void {
  const { pending, quiet, strong } = out.palette;
  out.line(`${strong(visible(formatPrincipal(principal.name, principal.realm)))}  ${quiet(visible(name))}`);
  if (credentials.length === 0) out.line(pending('  There are no tickets in it.'));
  for (const credential of credentials) {
    out.line();
    printTicket(out, credential, now);
  }
  if (Math.abs(kdcOffset) < CLOCK_TOLERANCE) return;
  out.line();
  const side = kdcOffset > 0 ? 'behind' : 'ahead of';
  out.line(pending(`  The clock here was ${durationText(kdcOffset / 1000)} ${side} that of the KDC: set it (NTP).`));
}

function printTicket(out: Terminal, credential: CcacheCredential, now: number): void {
  const { bad, good, quiet, strong } = out.palette;
  const { endtime, flags, key, renewTill, server } = credential;
  const left = endtime * 1000 - now;
  const state = left > 0 ? good(`${durationText(left)} left`) : bad(`expired ${durationText(left)} ago`);
  out.line(`  ${strong(visible(formatPrincipal(server.name, server.realm)))}`);
  const row = (label: string, text: string): void => out.line(`    ${quiet(label.padEnd(11))}  ${text}`);
  row('until', `${localTime(endtime * 1000)}, ${state}`);
  if (flags & TICKET_FLAG.RENEWABLE && renewTill > 0) row('renewable', `until ${localTime(renewTill * 1000)}`);
  row('encryption', encryptionText(credential, encryptionTypeName(key.etype)));
  row('flags', flagsText(TICKET_FLAG, flags));
}

/** The session key's type, and the ticket's where that is another. */
function encryptionText(credential: CcacheCredential, sessionKey: string): string {
  const ticket = ticketEncryption(credential);
  if (!ticket) return `session key ${sessionKey}; the ticket cannot be read`;
  const version = ticket.kvno === undefined ? '' : `, kvno ${ticket.kvno}`;
  return ticket.type === sessionKey
    ? `${sessionKey}${version}`
    : `session key ${sessionKey}, ticket ${ticket.type}${version}`;
}

function ticketEncryption({ ticket }: CcacheCredential): { type: string; kvno: number | undefined } | undefined {
  try {
    const { etype, kvno } = decodeTicket(ticket).encPart;
    return { type: encryptionTypeName(etype), kvno };
  } catch {
    return undefined;
  }
}

function printJson(
  out: Terminal,
  { config, credentials, kdcOffset, principal }: Ccache,
  name: string,
  now: number,
): void {
  const tickets = credentials.map(credential => {
    const { authtime, client, endtime, flags, key, renewTill, server, starttime } = credential;
    const ticket = ticketEncryption(credential);
    return {
      client: formatPrincipal(client.name, client.realm),
      server: formatPrincipal(server.name, server.realm),
      authtime: new Date(authtime * 1000),
      starttime: new Date((starttime || authtime) * 1000),
      endtime: new Date(endtime * 1000),
      ...(renewTill > 0 && { renewTill: new Date(renewTill * 1000) }),
      expired: endtime * 1000 <= now,
      flags: flagsText(TICKET_FLAG, flags).split(' '),
      sessionKey: encryptionTypeName(key.etype),
      ...(ticket && { ticketEncryption: ticket.type, kvno: ticket.kvno }),
    };
  });
  const result = {
    principal: formatPrincipal(principal.name, principal.realm),
    cache: name,
    clockOffset: (kdcOffset ?? 0) / 1e6,
    config: config.map(({ key, principal: about }) => ({ key, principal: about })),
    tickets,
  };
  out.line(JSON.stringify(result, undefined, 2));
}

/** Microseconds that need no word. */
const CLOCK_TOLERANCE = 5_000_000;
