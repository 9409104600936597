import { applicationTag } from '../../../bytes/der/tags.js';
import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { ByteWriter } from '../../../bytes/writer.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { decodeKdcProxyMessage, encodeKdcProxyMessage } from '../messages/kdc-proxy-message.js';
import { decodeKrbError, isKrbError } from '../messages/krb-error.js';
import { KdcFailures } from './kdc-failures.js';
import { type KdcAddress, locateKdc } from './locate-kdc.js';
import type { KdcServices } from './services.js';

/** Bytes of a reply: tickets of users in thousands of groups stay below 100 KB. */
export const LONGEST_REPLY: number = 1 << 20;

/** Milliseconds that each server gets, round by round. */
const ROUNDS: readonly number[] = [1000, 3000, 8000];

/** Milliseconds for all servers together. */
const ALL_ROUNDS = 30_000;

/**
 * Sends a request to a KDC of the realm and answers the reply: one server after the other, by UDP first where the request is small and by
 * TCP where the reply is too large for that (RFC 4120 7.2), with more patience in each round.
 *
 * Throws SEC_E_NO_AUTHENTICATING_AUTHORITY where no server answers, or none is known; what an aborted signal's reason is.
 */
export async function sendToKdc(
  services: KdcServices,
  realm: string,
  request: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const addresses = await servers(services, realm, signal);
  const failures = new KdcFailures();
  const deadline = services.clock.now() + ALL_ROUNDS;
  for (const patience of ROUNDS) {
    const timeout = (): number => Math.min(patience, deadline - services.clock.now());
    for (const address of addresses) {
      const reply = await tryServer(services, realm, address, request, timeout, failures, signal);
      if (reply) return reply;
    }
  }
  throw unreachable(realm, String(failures));
}

async function servers(services: KdcServices, realm: string, signal?: AbortSignal): Promise<KdcAddress[]> {
  let addresses: KdcAddress[];
  try {
    addresses = await locateKdc(services, realm, 'kerberos', signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(realm, `the DNS does not answer (${messageOf(error)})`);
  }
  if (addresses.length > 0) return addresses;
  throw unreachable(realm, 'neither krb5.conf nor the DNS names one');
}

/** Undefined where the server did not answer, or not as a KDC does; why that was is added to `failures`. */
async function tryServer(
  services: KdcServices,
  realm: string,
  address: KdcAddress,
  request: Uint8Array,
  timeLeft: () => number,
  failures: KdcFailures,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  for (const { name, send } of ways(services, realm, address, request)) {
    const timeout = timeLeft();
    if (timeout <= 0) return undefined;
    try {
      const reply = await send({ timeout, maxLength: LONGEST_REPLY, signal });
      const fault = faultOf(reply);
      if (fault === undefined) return reply;
      failures.add(nameOf(address), name, fault);
    } catch (error) {
      signal?.throwIfAborted();
      failures.add(nameOf(address), name, reasonOf(error));
    }
  }
  return undefined;
}

/** A way to a server: the protocol, where there is a choice. */
interface Way {
  readonly name: string;
  readonly send: (options: {
    readonly timeout: number;
    readonly maxLength: number;
    readonly signal: AbortSignal | undefined;
  }) => Promise<Uint8Array>;
}

function ways({ environment, config }: KdcServices, realm: string, address: KdcAddress, request: Uint8Array): Way[] {
  const { transport } = environment;
  if (address.kind === 'proxy') {
    const send: Way['send'] = async options => {
      const roots = await proxyRoots({ environment, config }, realm);
      return unwrapProxied(await transport.https(address.url, wrapProxied(realm, request), { ...options, roots }));
    };
    return [{ name: '', send }];
  }
  const { protocols, endpoint } = address;
  const isSmall = request.length <= config.udpPreferenceLimit;
  const chosen = protocols.length === 1 || isSmall ? protocols : (['tcp', 'udp'] as const);
  return chosen
    .filter(protocol => protocol === 'tcp' || isSmall || protocols.length === 1)
    .map(protocol => ({
      name: protocol.toUpperCase(),
      send: options => transport[protocol](endpoint, request, options),
    }));
}

/** [MS-KKDCP] 2.2.2: the message goes in with its length before it. */
function wrapProxied(realm: string, request: Uint8Array): Uint8Array {
  const framed = new ByteWriter(request.length + 4).u32be(request.length).bytes(request);
  return encodeKdcProxyMessage({ kerbMessage: framed.toBytes(), targetDomain: realm });
}

function unwrapProxied(body: Uint8Array): Uint8Array {
  const reader = new ByteReader(decodeKdcProxyMessage(body).kerbMessage);
  const message = reader.bytes(reader.u32be());
  reader.end();
  return message;
}

/** `http_anchors = FILE:path` of the realm: roots that a proxy's certificate is checked against. */
async function proxyRoots(
  { environment, config }: Pick<KdcServices, 'environment' | 'config'>,
  realm: string,
): Promise<string[] | undefined> {
  const files = config.profile.texts('realms', realm, 'http_anchors').filter(text => text.startsWith('FILE:'));
  if (files.length === 0) return undefined;
  const decode = async (file: string): Promise<string> =>
    new TextDecoder().decode(await environment.readFile(file.slice('FILE:'.length)));
  return Promise.all(files.map(decode));
}

const REPLY_TAGS = new Set([MESSAGE_TYPE.AS_REP, MESSAGE_TYPE.TGS_REP, MESSAGE_TYPE.KRB_ERROR].map(applicationTag));

/** Why another server, or another way to this one, has to be tried. */
function faultOf(reply: Uint8Array): string | undefined {
  if (!REPLY_TAGS.has(reply[0] ?? 0)) return 'does not speak Kerberos';
  if (!isKrbError(reply)) return undefined;
  return ERROR_FAULTS[decodeKrbError(reply).errorCode];
}

const ERROR_FAULTS: Readonly<Record<number, string>> = {
  [KRB_ERROR.KRB_ERR_RESPONSE_TOO_BIG]: 'has an answer that is too large',
  [KRB_ERROR.KDC_ERR_SVC_UNAVAILABLE]: 'cannot serve',
};

function nameOf(address: KdcAddress): string {
  return address.kind === 'proxy' ? address.url : `${address.endpoint.host}:${address.endpoint.port}`;
}

function reasonOf(error: unknown): unknown {
  return error instanceof MalformedBytesError ? `the KDC proxy's answer is malformed: ${error.message}` : error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unreachable(realm: string, why: string): PackageError {
  return new PackageError(SEC_E.NO_AUTHENTICATING_AUTHORITY, `no KDC of ${realm} answers: ${why}`, {
    hint: `Name its KDCs in krb5.conf ([realms] ${realm} = { kdc = host }) or in the DNS (_kerberos._tcp.${realm.toLowerCase()}), and see that port 88 can be reached.`,
  });
}
