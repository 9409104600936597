import { defaultCcacheName, loadCcache } from '../../engine/kerberos/ccache/load-ccache.js';
import { parseDuration } from '../../engine/kerberos/config/values.js';
import { TICKET_FLAG } from '../../engine/kerberos/constants/flags.js';
import { login } from '../../engine/kerberos/kdc/as-exchange.js';
import { keytabKeys, passwordKeys } from '../../engine/kerberos/kdc/client-keys.js';
import type { Credentials } from '../../engine/kerberos/kdc/credentials.js';
import type { KdcServices } from '../../engine/kerberos/kdc/services.js';
import type { TicketOptions } from '../../engine/kerberos/kdc/ticket-options.js';
import type { Keytab } from '../../engine/kerberos/keytab/keytab.js';
import { loadKeytab } from '../../engine/kerberos/keytab/load-keytab.js';
import { formatPrincipal, type Principal } from '../../engine/kerberos/names/principal.js';
import { type Command, type CommandCall, CommandError, defineCommand, UsageError } from '../command.js';
import { JSON_OPTION } from '../common-options.js';
import { flagsText } from '../decode/kerberos/fields.js';
import { visible } from '../decode/render-tree.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { armorTicket, CACHE_OPTION, ccacheToWrite, saveTicket } from '../kerberos/ccache-store.js';
import { openKerberos } from '../kerberos/open-kerberos.js';
import { enterprisePrincipal, namesIn, principalOf } from '../kerberos/principals.js';
import { withProgress } from '../kerberos/progress.js';
import { PASSWORD_FILE_OPTION, readPassword } from '../kerberos/read-password.js';
import { durationText, localTime } from '../kerberos/time-text.js';
import type { Terminal } from '../terminal.js';

const options = {
  keytab: { type: 'string', value: 'FILE', description: 'log on with a key of a keytab in place of a password' },
  'password-file': PASSWORD_FILE_OPTION,
  cache: CACHE_OPTION,
  lifetime: { type: 'string', value: 'TIME', description: 'how long the ticket shall be good: 10h, 1d, 36000' },
  renewable: { type: 'string', value: 'TIME', description: 'how long it shall be renewable: 7d' },
  forwardable: { type: 'boolean', description: 'services may be given the ticket to act in your name' },
  canonicalize: { type: 'boolean', description: 'take the name that the KDC has for you' },
  enterprise: {
    type: 'boolean',
    description: 'the name is a user principal name (an e-mail address), which the KDC looks up',
  },
  armor: { type: 'string', value: 'NAME', description: 'protect the logon with the ticket of another cache (FAST)' },
  json: JSON_OPTION,
} as const;

type Values = CommandCall<typeof options>['values'];

export const kinit: Command = defineCommand({
  name: 'kinit',
  summary: 'get a ticket of Kerberos with a password or a keytab',
  positionals: '[principal]',
  options,
  details: [
    '',
    'Without a principal: the first of the keytab, that of the cache, or the user of this system.',
    'The cache is written as MIT krb5 and Heimdal write theirs.',
    '',
    '  secur32 kinit alice@EXAMPLE.COM',
    '  secur32 kinit --keytab /etc/krb5.keytab HTTP/www.example.com',
  ],
  run,
});

async function run({ values, positionals, out, errors, variables }: CommandCall<typeof options>): Promise<ExitCode> {
  if (positionals.length > 1) throw new UsageError('kinit takes one principal');
  const ticketOptions = ticketOptionsOf(values);
  const services = await openKerberos(variables);
  const { config, environment } = services;
  const cache = values.cache ?? defaultCcacheName(environment, config);
  const path = await ccacheToWrite(environment, cache);
  const keytab = values.keytab === undefined ? undefined : await loadKeytab(environment, values.keytab);
  const client = await clientOf(services, values, positionals[0], keytab, cache);
  const who = formatPrincipal(client.name, client.realm);
  if (keytab) checkKeytab(keytab, client, who);
  const armor = values.armor === undefined ? undefined : await armorTicket(environment, values.armor);
  const password = keytab ? '' : await readPassword(errors, `Password of ${visible(who)}`, values['password-file']);
  const keys = keytab ? keytabKeys(keytab) : passwordKeys(password);
  const exchange = login(services, { client, keys, options: ticketOptions, ...(armor && { armor }) });
  const credentials = await withProgress(errors, `waiting for a KDC of ${visible(client.realm)}`, exchange);
  try {
    await saveTicket(path, credentials);
    if (values.json) printJson(out, credentials, cache);
    else printText(out, credentials, cache);
  } finally {
    credentials.sessionKey.wipe();
    armor?.sessionKey.wipe();
    keytab?.wipe();
  }
  return EXIT.OK;
}

function ticketOptionsOf(values: Values): TicketOptions {
  const { canonicalize, forwardable } = values;
  return {
    forwardable,
    canonicalize,
    lifetime: durationOf('lifetime', values.lifetime),
    renewLifetime: durationOf('renewable', values.renewable),
  };
}

function durationOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new UsageError(`--${option} takes a time like 10h, 1d 12h or a number of seconds; not ${JSON.stringify(text)}`);
}

async function clientOf(
  { config, environment }: KdcServices,
  { enterprise }: Values,
  text: string | undefined,
  keytab: Keytab | undefined,
  cache: string,
): Promise<Principal> {
  if (text !== undefined) return enterprise ? enterprisePrincipal(config, text) : principalOf(config, text);
  const [first] = keytab?.entries ?? [];
  if (first) return { name: first.principal, realm: first.realm };
  try {
    return (await loadCcache(environment, cache)).principal;
  } catch {
    const user = environment.variables['USER'] ?? environment.variables['LOGNAME'];
    if (user) return principalOf(config, user);
  }
  throw new UsageError('who are you? secur32 kinit user@REALM');
}

function checkKeytab(keytab: Keytab, { name, realm }: Principal, who: string): void {
  if (keytab.find({ principal: name, realm }).length > 0) return;
  throw new CommandError(
    `The keytab has no key of ${visible(who)}.`,
    `It has keys of ${visible(namesIn(keytab.entries))}.`,
  );
}

/** The clock that the ticket's times are of. */
function kdcNow({ clockOffset }: Credentials): number {
  return Date.now() + clockOffset;
}

function printText(out: Terminal, credentials: Credentials, cache: string): void {
  const { good, pending, quiet, strong } = out.palette;
  const { client, clockOffset, endtime, flags, renewTill, sessionKey } = credentials;
  const left = durationText(endtime - kdcNow(credentials));
  out.line(`${good('✓')} ${strong(visible(formatPrincipal(client.name, client.realm)))} is logged on for ${left}`);
  const row = (name: string, text: string): void => out.line(`  ${quiet(name.padEnd(15))}  ${text}`);
  row('until', localTime(endtime));
  if (flags & TICKET_FLAG.RENEWABLE && renewTill !== undefined) row('renewable until', localTime(renewTill));
  row('cache', visible(cache));
  row('session key', sessionKey.type.name);
  row('flags', flagsText(TICKET_FLAG, flags));
  if (clockOffset === 0) return;
  const side = clockOffset > 0 ? 'behind' : 'ahead of';
  out.line(pending(`  The clock here is ${durationText(clockOffset)} ${side} that of the KDC: set it (NTP).`));
}

function printJson(out: Terminal, credentials: Credentials, cache: string): void {
  const { client, clockOffset, endtime, flags, renewTill, server, sessionKey, starttime } = credentials;
  const result = {
    principal: formatPrincipal(client.name, client.realm),
    server: formatPrincipal(server.name, server.realm),
    cache,
    starttime: new Date(starttime),
    endtime: new Date(endtime),
    ...(renewTill !== undefined && { renewTill: new Date(renewTill) }),
    flags: flagsText(TICKET_FLAG, flags).split(' '),
    sessionKey: sessionKey.type.name,
    clockOffset: clockOffset / 1000,
  };
  out.line(JSON.stringify(result, undefined, 2));
}
