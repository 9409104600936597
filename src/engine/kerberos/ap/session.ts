import type { KeyInfo, Sizes } from '../../../sspi/attribute-values.js';
import { SECPKG_ATTR, SECPKG_NEGOTIATION } from '../../../sspi/attributes.js';
import type { MessageBuffers, MessageCall } from '../../../sspi/messages.js';
import type { EngineEnvironment } from '../../environment.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { formatPrincipal, type Principal } from '../names/principal.js';
import { KERBEROS_INFO } from '../package-info.js';
import { contextTokens } from '../per-message/context-tokens.js';
import { MessageProtection } from '../per-message/message-protection.js';
import { GSS_FLAG, sequenceDetection } from './gss-flags.js';

/** What an exchange has come to. */
export interface SessionFacts {
  readonly role: 'client' | 'server';
  readonly environment: EngineEnvironment;
  /** The key of the context, which the session wipes if it is one of `subkeys`. */
  readonly key: KerberosKey;
  readonly acceptorSubkey: boolean;
  /** Keys of this context alone. */
  readonly subkeys: readonly KerberosKey[];
  /** GSS_FLAG bits. */
  readonly gssFlags: number;
  /** ISC_RET or ASC_RET bits. */
  readonly contextAttr: number;
  readonly sendSequence: number;
  readonly receiveSequence: number;
  readonly client: Principal;
  readonly server: Principal;
  /** `DOMAIN\user`. */
  readonly userName: string;
  /** The SPN that the client meant; servers only. */
  readonly targetName?: string | undefined;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly expiry: number;
}

/** A context that stands: its message protection and its attributes, on either side. */
export class KerberosSession {
  readonly #facts: SessionFacts;
  /** Made when the first message comes: many a logon has none. */
  #messages: MessageProtection | undefined;

  constructor(facts: SessionFacts) {
    this.#facts = facts;
  }

  get expiry(): Date {
    return new Date(this.#facts.expiry);
  }

  queryAttribute(attribute: number): unknown {
    const facts = this.#facts;
    switch (attribute) {
      case SECPKG_ATTR.SIZES:
        return this.#sizes();
      case SECPKG_ATTR.NAMES:
        return { userName: facts.userName };
      case SECPKG_ATTR.LIFESPAN:
        return { start: new Date(facts.start), expiry: this.expiry };
      case SECPKG_ATTR.KEY_INFO:
        return this.#keyInfo();
      case SECPKG_ATTR.FLAGS:
        return { flags: facts.contextAttr };
      case SECPKG_ATTR.SESSION_KEY:
        return { sessionKey: facts.key.value.use(bytes => Uint8Array.from(bytes)) };
      case SECPKG_ATTR.PACKAGE_INFO:
        return KERBEROS_INFO;
      case SECPKG_ATTR.NEGOTIATION_INFO:
        return { packageInfo: KERBEROS_INFO, negotiationState: SECPKG_NEGOTIATION.COMPLETE };
      case SECPKG_ATTR.NATIVE_NAMES:
        return { clientName: textOf(facts.client), serverName: textOf(facts.server) };
      case SECPKG_ATTR.AUTHORITY:
        return { authorityName: facts.client.realm };
      case SECPKG_ATTR.CLIENT_SPECIFIED_TARGET:
        return facts.targetName === undefined ? undefined : { targetName: facts.targetName };
      default:
        return undefined;
    }
  }

  makeSignature(message: MessageCall): MessageBuffers {
    return this.#protection().makeSignature(message);
  }

  verifySignature(message: MessageCall): MessageBuffers {
    return this.#protection().verifySignature(message);
  }

  encryptMessage(message: MessageCall): MessageBuffers {
    return this.#protection().encryptMessage(message);
  }

  decryptMessage(message: MessageCall): MessageBuffers {
    return this.#protection().decryptMessage(message);
  }

  close(): void {
    this.#messages?.wipe();
    for (const key of this.#facts.subkeys) key.wipe();
  }

  /** A context has its keys whatever flags were agreed; RFC 4752 makes use of that. What may be relied on is in the flags. */
  #protection(): MessageProtection {
    if (this.#messages) return this.#messages;
    const { acceptorSubkey, environment, gssFlags, key, receiveSequence, role, sendSequence } = this.#facts;
    const dceStyle = (gssFlags & GSS_FLAG.DCE_STYLE) !== 0;
    this.#messages = new MessageProtection({
      format: contextTokens({ key, role, acceptorSubkey, dceStyle, environment }),
      detection: sequenceDetection(gssFlags),
      sendSequence,
      receiveSequence,
    });
    return this.#messages;
  }

  #sizes(): Sizes {
    const { blockSize, headerLength, signatureLength } = this.#protection();
    return {
      maxToken: KERBEROS_INFO.maxToken,
      maxSignature: signatureLength,
      blockSize,
      securityTrailer: headerLength,
    };
  }

  /** Algorithms by the numbers that Kerberos has for them. */
  #keyInfo(): KeyInfo {
    const { type } = this.#facts.key;
    return {
      signatureAlgorithmName: CHECKSUM_NAMES[type.checksumType] ?? 'HMAC',
      encryptAlgorithmName: type.name,
      keySize: type.keyLength * 8,
      signatureAlgorithm: type.checksumType,
      encryptAlgorithm: type.number,
    };
  }
}

function textOf({ name, realm }: Principal): string {
  return formatPrincipal(name, realm);
}

const CHECKSUM_NAMES: Readonly<Record<number, string>> = {
  15: 'hmac-sha1-96-aes128',
  16: 'hmac-sha1-96-aes256',
  19: 'hmac-sha256-128-aes128',
  20: 'hmac-sha384-192-aes256',
  [-138]: 'hmac-md5-rc4',
};
