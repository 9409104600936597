import type { KeyInfo, Sizes } from '../../../sspi/attribute-values.js';
import { SECPKG_ATTR, SECPKG_NEGOTIATION } from '../../../sspi/attributes.js';
import type { MessageBuffers, MessageCall } from '../../../sspi/messages.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { SecretBytes } from '../../secret-bytes.js';
import { NTLMSSP } from '../messages/flags.js';
import { NTLM_INFO } from '../package-info.js';
import { type MessageGuards, messageGuards } from './guards.js';
import { keyStrength } from './keys.js';
import { type Coverage, decryptMessage, encryptMessage, makeSignature, verifySignature } from './messages.js';
import { SIGNATURE_LENGTH } from './signature.js';

/** What a logon has come to. */
export interface SessionFacts {
  readonly role: 'client' | 'server';
  /** The flags that were negotiated. */
  readonly flags: number;
  /** ExportedSessionKey, 16 bytes. */
  readonly sessionKey: Uint8Array;
  /** ISC_RET or ASC_RET bits. */
  readonly contextAttr: number;
  /** `DOMAIN\user`. */
  readonly userName: string;
  /** The SPN that the client meant to reach; undefined where it named none, or none to be relied on. Servers only. */
  readonly targetName?: string | undefined;
  /** The server's AV pairs; clients only. */
  readonly targetInfo?: Uint8Array | undefined;
  /** Whether the peer runs in this very process; servers only. */
  readonly loopback?: boolean;
  /** Whether the AUTHENTICATE carried a MIC. */
  readonly mic: boolean;
  /** Milliseconds since 1970. */
  readonly start: number;
}

/** A logon that stands: its message protection and its attributes, on either side. */
export class NtlmSession {
  readonly #facts: SessionFacts;
  readonly #key: SecretBytes;
  readonly #coverage: Coverage;
  /** Made when the first message comes: many a logon has none. */
  #guards: MessageGuards | undefined;

  /** Takes `facts.sessionKey` over: it is wiped in the end. */
  constructor(facts: SessionFacts) {
    this.#facts = facts;
    this.#key = SecretBytes.own(facts.sessionKey);
    this.#coverage = facts.flags & NTLMSSP.EXTENDED_SESSIONSECURITY ? 'all' : 'writable';
  }

  get carriedMic(): boolean {
    return this.#facts.mic;
  }

  queryAttribute(attribute: number): unknown {
    const facts = this.#facts;
    switch (attribute) {
      case SECPKG_ATTR.SIZES:
        return this.#sizes();
      case SECPKG_ATTR.NAMES:
        return { userName: facts.userName };
      case SECPKG_ATTR.LIFESPAN:
        return { start: new Date(facts.start) };
      case SECPKG_ATTR.KEY_INFO:
        return this.#keyInfo();
      case SECPKG_ATTR.FLAGS:
        return { flags: facts.contextAttr };
      case SECPKG_ATTR.SESSION_KEY:
        return { sessionKey: this.#key.use(key => Uint8Array.from(key)) };
      case SECPKG_ATTR.PACKAGE_INFO:
        return NTLM_INFO;
      case SECPKG_ATTR.NEGOTIATION_INFO:
        return { packageInfo: NTLM_INFO, negotiationState: SECPKG_NEGOTIATION.COMPLETE };
      default:
        return this.#factsOfOneSide(attribute);
    }
  }

  makeSignature(message: MessageCall): MessageBuffers {
    return makeSignature(this.#protection().send, this.#coverage, message);
  }

  verifySignature(message: MessageCall): MessageBuffers {
    return verifySignature(this.#protection().receive, this.#coverage, message);
  }

  encryptMessage(message: MessageCall): MessageBuffers {
    return encryptMessage(this.#protection().send, this.#coverage, message);
  }

  decryptMessage(message: MessageCall): MessageBuffers {
    return decryptMessage(this.#protection().receive, this.#coverage, message);
  }

  signMechList(list: Uint8Array): Uint8Array {
    const signature = new Uint8Array(SIGNATURE_LENGTH);
    this.#protection().send.signAside(signature, { signed: [list], sealed: [] });
    return signature;
  }

  verifyMechList(list: Uint8Array, mic: Uint8Array): void {
    if (mic.length !== SIGNATURE_LENGTH) {
      throw new PackageError(SEC_E.INVALID_TOKEN, `a signature has ${SIGNATURE_LENGTH} bytes`);
    }
    this.#protection().receive.verifyAside(mic, { signed: [list], sealed: [] });
  }

  close(): void {
    this.#key.wipe();
    this.#guards?.send.wipe();
    this.#guards?.receive.wipe();
  }

  /** Signing and sealing take the same keys, so a session with either can do both; what was agreed is in the flags. */
  get #protects(): boolean {
    return (this.#facts.flags & (NTLMSSP.SIGN | NTLMSSP.SEAL)) !== 0;
  }

  #protection(): MessageGuards {
    if (!this.#protects) {
      throw new PackageError(SEC_E.QOP_NOT_SUPPORTED, 'the logon agreed on no protection of messages', {
        hint: 'Ask for INTEGRITY or CONFIDENTIALITY when the client makes its context.',
      });
    }
    this.#guards ??= this.#key.use(key => messageGuards(this.#facts.role, this.#facts.flags, key));
    return this.#guards;
  }

  #factsOfOneSide(attribute: number): unknown {
    const { loopback, role, targetInfo, targetName } = this.#facts;
    switch (attribute) {
      case SECPKG_ATTR.CLIENT_SPECIFIED_TARGET:
        return targetName === undefined ? undefined : { targetName };
      case SECPKG_ATTR.TARGET_INFORMATION:
        return targetInfo && { targetInformation: Uint8Array.from(targetInfo) };
      case SECPKG_ATTR.IS_LOOPBACK:
        return loopback === undefined ? undefined : { isLoopback: loopback };
      case SECPKG_ATTR.LAST_CLIENT_TOKEN_STATUS:
        return role === 'client' ? { lastClientTokenStatus: 'yes' } : undefined;
      default:
        return undefined;
    }
  }

  #sizes(): Sizes {
    const length = this.#protects ? SIGNATURE_LENGTH : 0;
    return { maxToken: NTLM_INFO.maxToken, maxSignature: length, blockSize: 0, securityTrailer: length };
  }

  #keyInfo(): KeyInfo {
    if (!this.#protects) return NO_KEY;
    const extended = (this.#facts.flags & NTLMSSP.EXTENDED_SESSIONSECURITY) !== 0;
    return {
      signatureAlgorithmName: extended ? 'HMAC-MD5' : 'CRC32',
      encryptAlgorithmName: 'RC4',
      keySize: keyStrength(this.#facts.flags),
      signatureAlgorithm: extended ? CALG_HMAC : 0,
      encryptAlgorithm: CALG_RC4,
    };
  }
}

const NO_KEY: KeyInfo = {
  signatureAlgorithmName: '',
  encryptAlgorithmName: '',
  keySize: 0,
  signatureAlgorithm: 0,
  encryptAlgorithm: 0,
};
Object.freeze(NO_KEY);

/** ALG_IDs of wincrypt.h. */
const CALG_HMAC = 0x8009;
const CALG_RC4 = 0x6801;
