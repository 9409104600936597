import { encodeLatin1 } from '../../../bytes/text.js';
import type { KeyInfo, Sizes, StreamSizes } from '../../../sspi/attribute-values.js';
import { SECPKG_ATTR } from '../../../sspi/attributes.js';
import { type MessageBuffers, type MessageCall, SECQOP } from '../../../sspi/messages.js';
import { SASL_PARAMETER } from '../../../sspi/sasl.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { SecretBytes } from '../../secret-bytes.js';
import type { DigestCipher } from '../options.js';
import { type CipherSuite, cipherSuite } from './layer/ciphers.js';
import { ConfidentialityLayer } from './layer/confidentiality.js';
import { IntegrityLayer } from './layer/integrity.js';
import type { LayerParameters, SecurityLayer } from './layer/layer.js';
import { decryptMessage, encryptMessage, isSignOnly, makeSignature, verifySignature } from './layer/messages.js';
import { SIGNATURE_LENGTH } from './layer/signer.js';
import type { Qop } from './qop.js';

/** What a logon has come to. */
export interface SessionFacts extends LayerParameters {
  readonly qop: Qop;
  /** With auth-conf only. */
  readonly cipher: DigestCipher | undefined;
  /** ISC_RET or ASC_RET bits. */
  readonly contextAttr: number;
  /** `REALM\user`. */
  readonly userName: string;
  /** The user name as it was sent. */
  readonly clientName: string;
  readonly digestUri: string;
  /** Octets; servers only, undefined where the client named none. */
  readonly authzid?: string | undefined;
  /** Milliseconds since 1970. */
  readonly start: number;
}

/** A logon that stands: its layer and its attributes, on either side. */
export class DigestSession {
  readonly #facts: SessionFacts;
  readonly #key: SecretBytes;
  readonly #suite: CipherSuite | undefined;
  readonly #layer: SecurityLayer | undefined;

  /** Takes `facts.ha1` over: it is wiped in the end. Throws SEC_E_CRYPTO_SYSTEM_INVALID where this Node.js does not have the cipher. */
  constructor(facts: SessionFacts) {
    this.#facts = facts;
    this.#key = SecretBytes.own(facts.ha1);
    this.#suite = facts.qop === 'auth-conf' && facts.cipher ? cipherSuite(facts.cipher) : undefined;
    if (this.#suite) this.#layer = new ConfidentialityLayer(facts, this.#suite);
    else if (facts.qop === 'auth-int') this.#layer = new IntegrityLayer(facts);
  }

  get contextAttr(): number {
    return this.#facts.contextAttr;
  }

  queryAttribute(attribute: number): unknown {
    const facts = this.#facts;
    switch (attribute) {
      case SECPKG_ATTR.SIZES:
        return this.#sizes();
      case SECPKG_ATTR.STREAM_SIZES:
        return this.#streamSizes();
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
      case SECPKG_ATTR.NATIVE_NAMES:
        return { clientName: facts.clientName, serverName: facts.digestUri };
      case SECPKG_ATTR.CLIENT_SPECIFIED_TARGET:
        return { targetName: facts.digestUri };
      case SASL_PARAMETER.AUTHZ_STRING:
        return facts.role === 'server' ? encodeLatin1(facts.authzid ?? '') : undefined;
      default:
        return undefined;
    }
  }

  makeSignature(message: MessageCall): MessageBuffers {
    return makeSignature(this.#protection(), message);
  }

  verifySignature(message: MessageCall): MessageBuffers {
    return verifySignature(this.#protection(), message);
  }

  encryptMessage(message: MessageCall): MessageBuffers {
    const layer = this.#protection();
    const { qop = 0 } = message;
    if (qop !== 0 && (this.#suite || !isSignOnly(qop))) {
      throw new PackageError(SEC_E.QOP_NOT_SUPPORTED, 'DIGEST-MD5 protects all messages of a context alike');
    }
    return encryptMessage(layer, message, this.#messageQop);
  }

  decryptMessage(message: MessageCall): MessageBuffers {
    return decryptMessage(this.#protection(), message, this.#messageQop);
  }

  close(): void {
    this.#key.wipe();
    this.#layer?.wipe();
  }

  /** What results say of a message: whether it was signed only. */
  get #messageQop(): number {
    return this.#suite ? 0 : SECQOP.WRAP_NO_ENCRYPT;
  }

  #protection(): SecurityLayer {
    if (this.#layer) return this.#layer;
    throw new PackageError(SEC_E.QOP_NOT_SUPPORTED, 'the logon agreed on authentication alone', {
      hint: 'Ask for INTEGRITY or CONFIDENTIALITY on both sides when the context is made.',
    });
  }

  #sizes(): Sizes {
    const layer = this.#layer;
    return {
      maxToken: 4096,
      maxSignature: layer ? SIGNATURE_LENGTH : 0,
      blockSize: layer?.blockSize ?? 0,
      securityTrailer: layer?.trailerLength ?? 0,
    };
  }

  #streamSizes(): StreamSizes | undefined {
    const layer = this.#layer;
    if (!layer) return undefined;
    const { blockSize, maximumMessage, trailerLength } = layer;
    return { header: 0, trailer: trailerLength, maximumMessage, bufferCount: 2, blockSize };
  }

  #keyInfo(): KeyInfo {
    const suite = this.#suite;
    return {
      signatureAlgorithmName: this.#layer ? 'HMAC-MD5' : '',
      encryptAlgorithmName: suite?.algorithmName ?? '',
      keySize: suite?.strength ?? (this.#layer ? 128 : 0),
      signatureAlgorithm: this.#layer ? CALG_HMAC : 0,
      encryptAlgorithm: suite?.algorithmId ?? 0,
    };
  }
}

/** ALG_ID of wincrypt.h. */
const CALG_HMAC = 0x8009;
