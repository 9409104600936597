/** Options of a SASL context. Source: sspi.h; Microsoft Learn, "SaslSetContextOption". */
export const SASL_OPTION = {
  /** Bytes: the largest plaintext that the peer takes in one protected buffer. */
  SEND_SIZE: 1,
  /** Bytes: the largest protected buffer that this side takes. */
  RECV_SIZE: 2,
  /** The authorization identity: what the client asks for, what the server got. */
  AUTHZ_STRING: 3,
  /** A {@link SASL_AUTHZID_STATE}. */
  AUTHZ_PROCESSING: 4,
} as const;
Object.freeze(SASL_OPTION);

/** Whether a SASL context lets an authorization identity through. Source: sspi.h, `enum SASL_AUTHZID_STATE`. */
export const SASL_AUTHZID_STATE = {
  FORBIDDEN: 0,
  PROCESSED: 1,
} as const;
Object.freeze(SASL_AUTHZID_STATE);

/** The value type of each {@link SASL_OPTION}. */
export interface SaslOptionValues {
  readonly [SASL_OPTION.SEND_SIZE]: number;
  readonly [SASL_OPTION.RECV_SIZE]: number;
  /** UTF-8 without a NUL. */
  readonly [SASL_OPTION.AUTHZ_STRING]: Uint8Array;
  readonly [SASL_OPTION.AUTHZ_PROCESSING]: number;
}

/**
 * Options that hold from the first call of a SASL context on. Secur32.dll takes options only once a context exists;
 * where a provider can do no better it sets them right after its first call.
 */
export interface SaslContextOptions {
  /** `SASL_OPTION.RECV_SIZE`, bytes. */
  readonly recvSize?: number | undefined;
  /** `SASL_OPTION.AUTHZ_STRING`, UTF-8 without a NUL; clients only. */
  readonly authzString?: Uint8Array | undefined;
  /** `SASL_OPTION.AUTHZ_PROCESSING`, a {@link SASL_AUTHZID_STATE}. */
  readonly authzProcessing?: number | undefined;
  /**
   * EXTERNAL, servers only: the certificate (DER) of a client that the TLS underneath has verified. Only one that is trusted belongs
   * here; without it nobody is logged on. Secur32.dll knows by itself.
   */
  readonly externalCertificate?: Uint8Array | undefined;
}

/**
 * Parameters that a SASL profile hands to a package, or asks it for, when the package carries them in its own tokens
 * (WDigest: `maxbuf` and `authzid`). They are types of additional input buffers and numbers of context attributes; not Windows',
 * whose packages pass over buffers that they do not know.
 */
export const SASL_PARAMETER = {
  /** `SASL_OPTION.RECV_SIZE`, as four bytes, little-endian; input buffer only. */
  RECV_SIZE: 0x0053_0002,
  /** `SASL_OPTION.AUTHZ_STRING`, UTF-8: an input buffer of a client, an attribute of a server's context. */
  AUTHZ_STRING: 0x0053_0003,
  /** `SaslContextOptions.externalCertificate`, empty on a client; input buffer only. It makes a context of EXTERNAL, not of TLS. */
  EXTERNAL: 0x0053_0004,
} as const;
Object.freeze(SASL_PARAMETER);
