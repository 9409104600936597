import { ByteWriter } from '../../../bytes/writer.js';
import { ASC_RET } from '../../../sspi/flags.js';
import type { HostNames } from '../../environment.js';
import { AV_ID, writeAvEnd, writeAvPair, writeAvText } from '../messages/av-pairs.js';
import { NTLMSSP } from '../messages/flags.js';
import { characterSet } from '../names/character-set.js';

/** The flags of a CHALLENGE ([MS-NLMP] 3.2.5.1.1): what the client asked for and is supported, and what a server always says. */
export function challengeFlags(requested: number, host: HostNames): number {
  return ((requested & GRANTED) | characterSet(requested) | ALWAYS | targetType(host)) >>> 0;
}

/** The flags of a CHALLENGE in datagram style, in which the client has not said anything yet ([MS-NLMP] 3.2.5.2.1). */
export function datagramFlags(host: HostNames): number {
  return (GRANTED | NTLMSSP.UNICODE | NTLMSSP.DATAGRAM | ALWAYS | targetType(host)) >>> 0;
}

/** TargetName: of the domain where the host is in one, else its own. */
export function targetNameOf(host: HostNames): string {
  return isInDomain(host) ? host.netbiosDomain : host.netbiosName;
}

/** The names among the AV pairs of a CHALLENGE ([MS-NLMP] 3.2.5.1.1), without an end. */
export function serverNamePairs(host: HostNames): Uint8Array {
  const writer = new ByteWriter(USUAL_LENGTH);
  writeAvText(writer, AV_ID.NB_DOMAIN_NAME, host.netbiosDomain);
  writeAvText(writer, AV_ID.NB_COMPUTER_NAME, host.netbiosName);
  if (host.dnsDomain !== '') writeAvText(writer, AV_ID.DNS_DOMAIN_NAME, host.dnsDomain);
  if (host.dnsName !== '') writeAvText(writer, AV_ID.DNS_COMPUTER_NAME, host.dnsName);
  return writer.toBytes();
}

/** The AV pairs of a CHALLENGE, always with the server's time, a FILETIME in 8 bytes. */
export function serverAvPairs(names: Uint8Array, timestamp: Uint8Array): Uint8Array {
  const writer = new ByteWriter(names.length + 16).bytes(names);
  writeAvPair(writer, AV_ID.TIMESTAMP, timestamp);
  writeAvEnd(writer);
  return writer.view();
}

/** The ASC_RET bits of a session. Sealed messages are signed too. */
export function serverAttributes(flags: number): number {
  let attributes = 0;
  if (flags & (NTLMSSP.SIGN | NTLMSSP.SEAL)) {
    attributes |= ASC_RET.INTEGRITY | ASC_RET.REPLAY_DETECT | ASC_RET.SEQUENCE_DETECT;
  }
  if (flags & NTLMSSP.SEAL) attributes |= ASC_RET.CONFIDENTIALITY;
  if (flags & NTLMSSP.IDENTIFY) attributes |= ASC_RET.IDENTIFY;
  return attributes | (flags & NTLMSSP.DATAGRAM ? ASC_RET.DATAGRAM : ASC_RET.CONNECTION);
}

function targetType(host: HostNames): number {
  return isInDomain(host) ? NTLMSSP.TARGET_TYPE_DOMAIN : NTLMSSP.TARGET_TYPE_SERVER;
}

function isInDomain(host: HostNames): boolean {
  return host.dnsDomain !== '';
}

/** LM_KEY is never granted: accounts have no LM hashes here. */
const GRANTED =
  NTLMSSP.SIGN |
  NTLMSSP.SEAL |
  NTLMSSP.EXTENDED_SESSIONSECURITY |
  NTLMSSP.IDENTIFY |
  NTLMSSP.VERSION |
  NTLMSSP.KEY_128 |
  NTLMSSP.KEY_EXCH |
  NTLMSSP.KEY_56;
const ALWAYS = NTLMSSP.REQUEST_TARGET | NTLMSSP.NTLM | NTLMSSP.ALWAYS_SIGN | NTLMSSP.TARGET_INFO;
const USUAL_LENGTH = 256;
