import { isIP } from 'node:net';
import { openTicket } from '../../engine/kerberos/ap/service-keys.js';
import { serviceTarget } from '../../engine/kerberos/ap/target.js';
import { TICKET_FLAG } from '../../engine/kerberos/constants/flags.js';
import { encryptionType, encryptionTypeName } from '../../engine/kerberos/crypto/encryption-types.js';
import { type ClientIdentity, clientIdentity } from '../../engine/kerberos/kdc/client-identity.js';
import type { Credentials } from '../../engine/kerberos/kdc/credentials.js';
import type { ServiceTarget } from '../../engine/kerberos/kdc/service-ticket.js';
import type { KdcServices } from '../../engine/kerberos/kdc/services.js';
import { TicketSource } from '../../engine/kerberos/kdc/ticket-source.js';
import type { Keytab } from '../../engine/kerberos/keytab/keytab.js';
import { loadKeytab } from '../../engine/kerberos/keytab/load-keytab.js';
import { formatPrincipal } from '../../engine/kerberos/names/principal.js';
import { PackageError } from '../../engine/package-error.js';
import { explainStatus } from '../../sspi/status/explanations.js';
import { SEC_E } from '../../sspi/status.js';
import { type Command, type CommandCall, defineCommand, UsageError } from '../command.js';
import { JSON_OPTION } from '../common-options.js';
import { visible } from '../decode/render-tree.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { CACHE_OPTION } from '../kerberos/ccache-store.js';
import { KEYTAB_OPTION, keytabName } from '../kerberos/keytab-store.js';
import { openKerberos } from '../kerberos/open-kerberos.js';
import { namesIn } from '../kerberos/principals.js';
import { withProgress } from '../kerberos/progress.js';
import { localTime } from '../kerberos/time-text.js';
import type { Terminal } from '../terminal.js';
import { wrapText } from '../text-layout.js';

const options = { keytab: KEYTAB_OPTION, cache: CACHE_OPTION, json: JSON_OPTION } as const;

export const spn: Command = defineCommand({
  name: 'spn',
  summary: 'ask the KDC for a ticket for a service, and try it on the keytab',
  positionals: 'check <service/host>',
  options,
  details: [
    '',
    'Says whether the KDC knows the name, which key it encrypts the ticket with, and whether the keytab',
    'has that key. The ticket is got as the user of the credential cache, or else as a principal of the',
    'keytab.',
    '',
    '  secur32 spn check HTTP/www.example.com --keytab /etc/krb5.keytab',
  ],
  run,
});

type Call = CommandCall<typeof options>;

/** One step of the check. */
interface Finding {
  readonly what: 'name' | 'client' | 'KDC' | 'ticket' | 'keytab';
  readonly verdict: 'good' | 'bad' | 'open';
  readonly text: string;
  readonly hint?: string;
}

async function run({ errors, out, positionals, values, variables }: Call): Promise<ExitCode> {
  const [action, name, ...more] = positionals;
  if (action !== 'check' || name === undefined || more.length > 0)
    throw new UsageError('spn check wants the name of a service: secur32 spn check HTTP/www.example.com');
  const services = await openKerberos(variables);
  const findings: Finding[] = [];
  const keytab = await openKeytab(services, values.keytab, findings);
  const target = serviceTarget(name);
  const ticket = await askKdc(services, values.cache, keytab, target, errors, findings);
  if (ticket) findings.push(...ticketFindings(services, ticket), ...keytabFindings(services, keytab, ticket));
  const order = ['client', 'KDC', 'ticket', 'keytab'];
  findings.sort((a, b) => order.indexOf(a.what) - order.indexOf(b.what));
  if (values.json) out.line(JSON.stringify({ name, ...factsOf(ticket), findings }, undefined, 2));
  else printFindings(out, findings);
  return findings.some(({ verdict }) => verdict === 'bad') ? EXIT.FAILURE : EXIT.OK;
}

/** A keytab that was named must be there; of the usual one it is only said that it is not. */
async function openKeytab(
  services: KdcServices,
  given: string | undefined,
  findings: Finding[],
): Promise<Keytab | undefined> {
  try {
    return await loadKeytab(services.environment, keytabName(services, given));
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    const verdict = given === undefined ? 'open' : 'bad';
    findings.push({
      what: 'keytab',
      verdict,
      text: error.message,
      hint: 'Name one to compare the ticket with: --keytab FILE.',
    });
    return undefined;
  }
}

async function askKdc(
  services: KdcServices,
  cache: string | undefined,
  keytab: Keytab | undefined,
  target: ServiceTarget,
  errors: Terminal,
  findings: Finding[],
): Promise<Credentials | undefined> {
  const who = formatPrincipal(target.name, target.realm);
  let client = '';
  try {
    const tickets = new TicketSource(services, await identityOf(services, cache, keytab));
    client = formatPrincipal(tickets.client.name, tickets.client.realm);
    const work = tickets.serviceTicket(target);
    const ticket = await withProgress(errors, `asking the KDC of ${tickets.client.realm} for ${visible(who)}`, work);
    const { name, realm } = ticket.server;
    findings.push(
      { what: 'client', verdict: 'good', text: client },
      { what: 'KDC', verdict: 'good', text: `knows ${formatPrincipal(name, realm)}` },
    );
    return ticket;
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    const isUnknown = error.status === SEC_E.TARGET_UNKNOWN;
    const hint = isUnknown ? unknownHint(target, keytab) : (error.details.hint ?? explainStatus(error.status).hint);
    if (client !== '' && isUnknown) findings.push({ what: 'client', verdict: 'good', text: client });
    findings.push({ what: client === '' ? 'client' : 'KDC', verdict: 'bad', text: error.message, hint });
    return undefined;
  }
}

/** The tickets that are there; a service in a container has but its keytab. */
async function identityOf(
  services: KdcServices,
  cache: string | undefined,
  keytab: Keytab | undefined,
): Promise<ClientIdentity> {
  const identity = await anyIdentity(services, cache, keytab);
  if (identity.kind === 'keys') return identity;
  // A ticket for the service that lies in the cache may be under a key that the KDC has replaced since.
  const credentials = identity.credentials.filter(({ server }) => server.name.components[0] === 'krbtgt');
  return { ...identity, credentials };
}

async function anyIdentity(
  services: KdcServices,
  cache: string | undefined,
  keytab: Keytab | undefined,
): Promise<ClientIdentity> {
  if (cache !== undefined) return clientIdentity(services, { kind: 'ccache', ccache: cache });
  try {
    return await clientIdentity(services);
  } catch (error) {
    if (!(error instanceof PackageError) || !keytab || keytab.entries.length === 0) throw error;
    return clientIdentity(services, { kind: 'keytab', keytab: keytab.toBytes() });
  }
}

/** What is wrong with a name that no KDC knows: mostly it is the host. */
function unknownHint({ name }: ServiceTarget, keytab: Keytab | undefined): string {
  const [service = '', host = ''] = name.components;
  const bare = host.replace(/:\d+$/, '');
  const hints: string[] = [];
  if (host === '') hints.push('A service has a host: HTTP/www.example.com.');
  else if (isIP(bare)) hints.push('Services go by names, not by addresses: give the name that clients use.');
  else if (!bare.includes('.')) hints.push('Give the fully qualified name of the host.');
  const similar = keytab?.entries.filter(({ principal }) => principal.components[0] === service) ?? [];
  if (similar.length > 0) hints.push(`The keytab has ${namesIn(similar)}.`);
  hints.push(
    'See which account has the name (setspn -Q in Active Directory, getprinc in MIT krb5), and give it to one: setspn -S.',
  );
  return hints.join(' ');
}

function ticketFindings(services: KdcServices, { endtime, flags, sessionKey, ticket }: Credentials): Finding[] {
  const { etype, kvno } = ticket.encPart;
  const name = encryptionTypeName(etype);
  const version = kvno === undefined ? '' : `, kvno ${kvno}`;
  const session = sessionKey.type.number === etype ? '' : `, session key ${sessionKey.type.name}`;
  const delegation = flags & TICKET_FLAG.OK_AS_DELEGATE ? ', trusted for delegation' : '';
  const text = `${name}${version}${session}, until ${localTime(endtime)}${delegation}`;
  if (services.permits(encryptionType(etype))) return [{ what: 'ticket', verdict: 'good', text }];
  const hint = `${name} is not used here. Let the account have AES keys (msDS-SupportedEncryptionTypes 24), and set its password once more.`;
  return [{ what: 'ticket', verdict: 'bad', text, hint }];
}

function keytabFindings(services: KdcServices, keytab: Keytab | undefined, { ticket }: Credentials): Finding[] {
  if (!keytab) return [];
  try {
    const { bytes, service } = openTicket(services, keytab, undefined, ticket);
    bytes.fill(0);
    const text = `opens the ticket, with the key of ${formatPrincipal(service.name, service.realm)}`;
    return [{ what: 'keytab', verdict: 'good', text }];
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    return [
      {
        what: 'keytab',
        verdict: 'bad',
        text: error.message,
        ...(error.details.hint !== undefined && { hint: error.details.hint }),
      },
    ];
  }
}

function factsOf(ticket: Credentials | undefined): object {
  if (!ticket) return { known: false };
  const { etype, kvno } = ticket.ticket.encPart;
  const { name, realm } = ticket.server;
  return { known: true, server: formatPrincipal(name, realm), encryption: encryptionTypeName(etype), kvno };
}

function printFindings(out: Terminal, findings: readonly Finding[]): void {
  const { bad, good, pending, quiet, strong } = out.palette;
  const marks = { good: good('✓'), bad: bad('✗'), open: pending('?') };
  for (const { hint, text, verdict, what } of findings) {
    out.line(`${marks[verdict]} ${strong(what.padEnd(COLUMN))}  ${visible(text)}`);
    if (hint === undefined) continue;
    for (const line of wrapText(visible(hint), out.width - COLUMN - 4))
      out.line(`${' '.repeat(COLUMN + 4)}${quiet(line)}`);
  }
}

const COLUMN = 6;
