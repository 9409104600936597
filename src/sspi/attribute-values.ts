import type { SECPKG_ATTR, SECPKG_CRED_ATTR } from './attributes.js';
import type { KERBEROS_ATTR } from './kerberos.js';
import type { SecPkgInfo } from './packages.js';
import type { SASL_PARAMETER } from './sasl.js';
import type { SecurityToken } from './security-token.js';

/** `SecPkgContext_Sizes`: bytes. 0 where the context has no such protection. */
export interface Sizes {
  readonly maxToken: number;
  readonly maxSignature: number;
  readonly blockSize: number;
  readonly securityTrailer: number;
}

/** `SecPkgContext_StreamSizes`: bytes, and the number of buffers. */
export interface StreamSizes {
  readonly header: number;
  readonly trailer: number;
  readonly maximumMessage: number;
  readonly bufferCount: number;
  readonly blockSize: number;
}

/** `SecPkgContext_Names`: `DOMAIN\user` where the package knows a domain. */
export interface Names {
  readonly userName: string;
}

/** `SecPkgContext_Lifespan`; an end that never comes is undefined. */
export interface Lifespan {
  readonly start?: Date;
  readonly expiry?: Date;
}

/** `SecPkgContext_KeyInfo`: names, sizes in bits and ALG_IDs or package-specific numbers. */
export interface KeyInfo {
  readonly signatureAlgorithmName: string;
  readonly encryptAlgorithmName: string;
  readonly keySize: number;
  readonly signatureAlgorithm: number;
  readonly encryptAlgorithm: number;
}

/** `SecPkgContext_NegotiationInfo`. */
export interface NegotiationInfo {
  readonly packageInfo: SecPkgInfo;
  /** A SECPKG_NEGOTIATION state. */
  readonly negotiationState: number;
}

/** `SecPkgContext_NativeNames`: the names as the package itself writes them. */
export interface NativeNames {
  readonly clientName: string;
  readonly serverName: string;
}

/** `SecPkgContext_ConnectionInfo`: ALG_IDs, strengths in bits; zeros where TLS 1.3 has no such number. */
export interface ConnectionInfo {
  /** One SP_PROT bit. */
  readonly protocol: number;
  readonly cipher: number;
  readonly cipherStrength: number;
  readonly hash: number;
  readonly hashStrength: number;
  readonly exchange: number;
  readonly exchangeStrength: number;
}

/** `SecPkgContext_CipherInfo`. */
export interface CipherInfo {
  /** TLS's own number: 0x0303, 0x0304. */
  readonly protocol: number;
  /** IANA's number of the cipher suite. */
  readonly cipherSuite: number;
  readonly baseCipherSuite: number;
  readonly cipherSuiteName: string;
  readonly cipherName: string;
  readonly cipherLength: number;
  readonly cipherBlockLength: number;
  readonly hashName: string;
  readonly hashLength: number;
  readonly exchangeName: string;
  readonly minExchangeLength: number;
  readonly maxExchangeLength: number;
  readonly certificateName: string;
  readonly keyType: number;
}

/** `SecPkgContext_ApplicationProtocol`. */
export interface ApplicationProtocol {
  readonly status: 'none' | 'success' | 'selectedClientOnly';
  /** The protocol's identifier (RFC 7301); empty unless `status` is `success`. */
  readonly protocolId: Uint8Array;
}

/** `SecPkgContext_SessionInfo`. */
export interface SessionInfo {
  readonly reconnected: boolean;
  readonly sessionId: Uint8Array;
}

/** `SecPkgContext_KeyingMaterialInfo`: what an exporter of RFC 5705 is asked for. */
export interface KeyingMaterialInfo {
  readonly label: string;
  readonly context?: Uint8Array;
  /** Bytes wanted. */
  readonly length: number;
}

/** `SecPkgContext_ConnectionInfoEx`: names, strengths in bits. */
export interface ConnectionInfoEx {
  /** One SP_PROT bit. */
  readonly protocol: number;
  readonly cipherName: string;
  readonly cipherStrength: number;
  readonly hashName: string;
  readonly hashStrength: number;
  readonly exchangeName: string;
  readonly exchangeStrength: number;
}

/** A certificate with those that came with it, DER. */
export interface CertificateContext {
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** `SecPkgContext_RemoteCredentialInfo`, `SecPkgContext_LocalCredentialInfo`: older than the certificate contexts. */
export interface CredentialInfo {
  readonly certificateCount: number;
  readonly certificateChain: Uint8Array;
  readonly flags: number;
  readonly bits: number;
}

/** `SecPkgContext_NegoKeys`: keys that NEGOEX signs its messages with. */
export interface NegoKeys {
  readonly keyType: number;
  readonly key: Uint8Array;
  readonly verifyKeyType: number;
  readonly verifyKey: Uint8Array;
}

/** What queryContextAttributes returns for each attribute. Binary values are fresh arrays. */
export interface ContextAttributeValues {
  readonly [SECPKG_ATTR.SIZES]: Sizes;
  readonly [SECPKG_ATTR.NAMES]: Names;
  readonly [SECPKG_ATTR.LIFESPAN]: Lifespan;
  readonly [SECPKG_ATTR.DCE_INFO]: { readonly authzService: number; readonly principal: string };
  readonly [SECPKG_ATTR.STREAM_SIZES]: StreamSizes;
  readonly [SECPKG_ATTR.KEY_INFO]: KeyInfo;
  readonly [SECPKG_ATTR.AUTHORITY]: { readonly authorityName: string };
  readonly [SECPKG_ATTR.PROTO_INFO]: { readonly protocolName: string; readonly major: number; readonly minor: number };
  readonly [SECPKG_ATTR.PASSWORD_EXPIRY]: { readonly passwordExpires?: Date };
  readonly [SECPKG_ATTR.SESSION_KEY]: { readonly sessionKey: Uint8Array };
  readonly [SECPKG_ATTR.PACKAGE_INFO]: SecPkgInfo;
  readonly [SECPKG_ATTR.USER_FLAGS]: { readonly userFlags: number };
  readonly [SECPKG_ATTR.NEGOTIATION_INFO]: NegotiationInfo;
  readonly [SECPKG_ATTR.NATIVE_NAMES]: NativeNames;
  /** The flags that were negotiated: ISC_RET on a client, ASC_RET on a server. */
  readonly [SECPKG_ATTR.FLAGS]: { readonly flags: number };
  readonly [SECPKG_ATTR.USE_VALIDATED]: { readonly useValidated: boolean };
  readonly [SECPKG_ATTR.CREDENTIAL_NAME]: { readonly credentialType: number; readonly name: string };
  readonly [SECPKG_ATTR.TARGET_INFORMATION]: { readonly targetInformation: Uint8Array };
  readonly [SECPKG_ATTR.ACCESS_TOKEN]: SecurityToken;
  readonly [SECPKG_ATTR.TARGET]: { readonly target: Uint8Array };
  readonly [SECPKG_ATTR.AUTHENTICATION_ID]: { readonly authenticationId: Uint8Array };
  readonly [SECPKG_ATTR.NEGO_KEYS]: NegoKeys;
  /** `SecPkgContext_CredInfo`; the class is a SECPKG_CRED_CLASS of sspi.h. */
  readonly [SECPKG_ATTR.PROMPTING_NEEDED]: { readonly credentialClass: number; readonly promptingNeeded: boolean };
  readonly [SECPKG_ATTR.CONTEXT_DELETED]: { readonly contextDeleted: boolean };
  readonly [SECPKG_ATTR.LOGOFF_TIME]: { readonly logoffTime?: Date };
  /** SEC_CHANNEL_BINDINGS, ready for a SECBUFFER.CHANNEL_BINDINGS buffer. */
  readonly [SECPKG_ATTR.UNIQUE_BINDINGS]: { readonly bindings: Uint8Array };
  readonly [SECPKG_ATTR.ENDPOINT_BINDINGS]: { readonly bindings: Uint8Array };
  /** The service that the client meant to reach: an SPN, or for WDigest its URI. */
  readonly [SECPKG_ATTR.CLIENT_SPECIFIED_TARGET]: { readonly targetName: string };
  readonly [SECPKG_ATTR.LAST_CLIENT_TOKEN_STATUS]: { readonly lastClientTokenStatus: 'yes' | 'no' | 'maybe' };
  readonly [SECPKG_ATTR.NEGO_PKG_INFO]: { readonly packageMask: number };
  readonly [SECPKG_ATTR.NEGO_STATUS]: { readonly lastStatus: number };
  readonly [SECPKG_ATTR.DTLS_MTU]: { readonly mtu: number };
  readonly [SECPKG_ATTR.APPLICATION_PROTOCOL]: ApplicationProtocol;
  readonly [SECPKG_ATTR.IS_LOOPBACK]: { readonly isLoopback: boolean };
  /** Certificates are DER. */
  readonly [SECPKG_ATTR.REMOTE_CERT_CONTEXT]: CertificateContext;
  readonly [SECPKG_ATTR.LOCAL_CERT_CONTEXT]: CertificateContext;
  readonly [SECPKG_ATTR.REMOTE_CERT_CHAIN]: CertificateContext;
  readonly [SECPKG_ATTR.REMOTE_CRED]: CredentialInfo;
  readonly [SECPKG_ATTR.LOCAL_CRED]: CredentialInfo;
  readonly [SECPKG_ATTR.REMOTE_CERTIFICATES]: {
    readonly certificateCount: number;
    readonly certificateChain: Uint8Array;
  };
  readonly [SECPKG_ATTR.LOCAL_CERT_INFO]: {
    readonly subjectName: string;
    readonly issuerName: string;
    /** Bits. */
    readonly keySize: number;
  };
  readonly [SECPKG_ATTR.ISSUER_LIST]: { readonly issuerList: Uint8Array };
  /** DER-encoded distinguished names. */
  readonly [SECPKG_ATTR.ISSUER_LIST_EX]: { readonly issuers: readonly Uint8Array[] };
  readonly [SECPKG_ATTR.CONNECTION_INFO]: ConnectionInfo;
  readonly [SECPKG_ATTR.CONNECTION_INFO_EX]: ConnectionInfoEx;
  readonly [SECPKG_ATTR.CIPHER_INFO]: CipherInfo;
  readonly [SECPKG_ATTR.SESSION_INFO]: SessionInfo;
  readonly [SECPKG_ATTR.APP_DATA]: { readonly appData: Uint8Array };
  /** An HRESULT, unsigned. */
  readonly [SECPKG_ATTR.CC_POLICY_RESULT]: { readonly policyResult: number };
  /** Hash and signature algorithms as TLS 1.2 numbers their pairs (RFC 5246 section 7.4.1.4.1). */
  readonly [SECPKG_ATTR.SUPPORTED_SIGNATURES]: { readonly algorithms: readonly number[] };
  readonly [SECPKG_ATTR.SRTP_PARAMETERS]: {
    readonly protectionProfile: number;
    readonly masterKeyIdentifier: Uint8Array;
  };
  readonly [SECPKG_ATTR.TOKEN_BINDING]: {
    readonly major: number;
    readonly minor: number;
    readonly keyParameters: Uint8Array;
  };
  /** Numbers of the TLS extensions that both sides know. */
  readonly [SECPKG_ATTR.NEGOTIATED_TLS_EXTENSIONS]: { readonly extensions: readonly number[] };
  readonly [SECPKG_ATTR.EAP_KEY_BLOCK]: { readonly keys: Uint8Array; readonly ivs: Uint8Array };
  /** A credential cache of the tickets that the client has delegated; servers of the engine's Kerberos only. */
  readonly [KERBEROS_ATTR.DELEGATED_CCACHE]: { readonly ccache: Uint8Array };
  /** Empty where the client named no authorization identity. */
  readonly [SASL_PARAMETER.AUTHZ_STRING]: Uint8Array;
  readonly [SECPKG_ATTR.KEYING_MATERIAL]: { readonly keyingMaterial: Uint8Array };
}

/** What setContextAttributes takes for each attribute that can be set. */
export interface SettableContextAttributeValues {
  readonly [SECPKG_ATTR.APP_DATA]: Uint8Array;
  readonly [SECPKG_ATTR.EAP_PRF_INFO]: { readonly prfData: Uint8Array };
  readonly [SECPKG_ATTR.EARLY_START]: { readonly falseStart: boolean };
  /** Bytes, 200 to 65536. */
  readonly [SECPKG_ATTR.DTLS_MTU]: { readonly mtu: number };
  readonly [SECPKG_ATTR.KEYING_MATERIAL_INFO]: KeyingMaterialInfo;
}

/** What queryCredentialsAttributes returns for each attribute. */
export interface CredentialAttributeValues {
  readonly [SECPKG_CRED_ATTR.NAMES]: Names;
  readonly [SECPKG_CRED_ATTR.SSI_PROVIDER]: { readonly providerName: string; readonly providerInfo: Uint8Array };
  readonly [SECPKG_CRED_ATTR.CERT]: { readonly thumbprint: Uint8Array };
  readonly [SECPKG_ATTR.SUPPORTED_ALGS]: { readonly algorithms: readonly number[] };
  readonly [SECPKG_ATTR.CIPHER_STRENGTHS]: { readonly minimum: number; readonly maximum: number };
  readonly [SECPKG_ATTR.SUPPORTED_PROTOCOLS]: { readonly protocols: number };
}

/** What setCredentialsAttributes takes for each attribute that can be set. */
export interface SettableCredentialAttributeValues {
  readonly [SECPKG_CRED_ATTR.KDC_PROXY_SETTINGS]: { readonly proxyServer: string; readonly force?: boolean };
  readonly [SECPKG_CRED_ATTR.CERT]: { readonly thumbprint: Uint8Array };
}
