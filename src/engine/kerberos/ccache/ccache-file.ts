import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { Principal } from '../names/principal.js';
import { type Ccache, type CcacheConfig, type CcacheCredential, CONFIG_NAME, CONFIG_REALM } from './ccache.js';
import { CredentialReader } from './credential-reader.js';
import { CredentialWriter } from './credential-writer.js';

/**
 *     ccache ::= 05 04, header length u16, field*, default principal, credential*
 *     field  ::= tag u16, length u16, value (tag 1: offset of the KDC's clock, seconds s32, microseconds s32)
 *
 * Most significant byte first (MIT krb5, doc/formats/ccache_file_format.rst). Version 3 has no header.
 *
 * Throws SEC_E_NO_CREDENTIALS, as a cache is where credentials come from.
 */
export function parseCcache(bytes: Uint8Array): Ccache {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u8() !== MAGIC) throw malformed('it does not begin with 05');
    const version = reader.u8();
    if (version !== 3 && version !== 4) throw malformed(`version ${version} is not known`);
    const kdcOffset = version === 4 ? readHeader(reader.sub(reader.u16be())) : undefined;
    return { ...readContent(new CredentialReader(reader, version)), kdcOffset };
  } catch (error) {
    if (error instanceof MalformedBytesError) throw malformed(error.message);
    throw error;
  }
}

/** A file of version 4. The bytes are secret: keep them in a file of mode 0600. */
export function encodeCcache({ principal, credentials, config, kdcOffset }: Ccache): Uint8Array {
  const writer = new CredentialWriter();
  const { bytes } = writer;
  bytes.u8(MAGIC).u8(4);
  bytes.u16be(kdcOffset === undefined ? 0 : 12);
  if (kdcOffset !== undefined) {
    const seconds = Math.trunc(kdcOffset / 1e6);
    bytes.u16be(OFFSET_TAG).u16be(8);
    bytes.u32be(seconds >>> 0).u32be((kdcOffset - seconds * 1e6) >>> 0);
  }
  writer.principal(principal);
  for (const entry of config) writer.credential(configCredential(principal, entry));
  for (const credential of credentials) writer.credential(credential);
  return bytes.toBytes();
}

const MAGIC = 0x05;
const OFFSET_TAG = 1;

function readHeader(header: ByteReader): number | undefined {
  let offset: number | undefined;
  while (header.remaining > 0) {
    const tag = header.u16be();
    const value = header.sub(header.u16be());
    if (tag === OFFSET_TAG && value.remaining === 8) offset = (value.u32be() | 0) * 1e6 + (value.u32be() | 0);
  }
  return offset;
}

function readContent(reader: CredentialReader): Omit<Ccache, 'kdcOffset'> {
  const principal = reader.principal();
  const credentials: CcacheCredential[] = [];
  const config: CcacheConfig[] = [];
  while (reader.remaining > 0) {
    const credential = reader.credential();
    if (credential.server.realm === CONFIG_REALM) config.push(configOf(credential));
    else if (!isRemoved(credential)) credentials.push(credential);
  }
  return { principal, credentials, config };
}

/** MIT krb5 takes a credential out of a file by overwriting its times. */
function isRemoved({ authtime, endtime }: CcacheCredential): boolean {
  return endtime === 0 && authtime === 0xffff_ffff;
}

function configOf({ server, ticket }: CcacheCredential): CcacheConfig {
  const [, key = '', principal] = server.name.components;
  return { key, principal, value: ticket };
}

/** As MIT krb5 writes them: a credential of no time and no key, with the value in place of the ticket. */
function configCredential(client: Principal, { key, principal, value }: CcacheConfig): CcacheCredential {
  const components = [CONFIG_NAME, key, ...(principal === undefined ? [] : [principal])];
  return {
    client,
    server: { name: { type: 0, components }, realm: CONFIG_REALM },
    key: { etype: 0, bytes: NOTHING },
    authtime: 0,
    starttime: 0,
    endtime: 0,
    renewTill: 0,
    isUserToUser: false,
    flags: 0,
    addresses: [],
    authorizationData: [],
    ticket: value,
    secondTicket: NOTHING,
  };
}

const NOTHING = new Uint8Array(0);

function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.NO_CREDENTIALS, `the credential cache is malformed: ${detail}`, {
    hint: 'Look at it with `klist -c FILE:path`, and make a new one with kinit.',
  });
}
