import { SECPKG_ATTR, SECPKG_CRED_ATTR } from 'secur32/raw';
import type { ContextAttributeValues, CredentialAttributeValues } from '#dist/sspi/attribute-values.js';

/** The word for a type. */
type Word<T> = [T] extends [number]
  ? 'number'
  : [T] extends [string]
    ? 'string'
    : [T] extends [boolean]
      ? 'boolean'
      : [T] extends [Date]
        ? 'date'
        : [T] extends [Uint8Array]
          ? 'bytes'
          : [T] extends [readonly unknown[]]
            ? 'list'
            : 'object';

/** The members of a value and their types: the compiler holds the tables below to the types that people program with. */
type Shape<T> = { readonly [K in keyof T]-?: Word<Exclude<T[K], undefined>> };
type Shapes<Values, Keys extends PropertyKey> = { readonly [K in Extract<keyof Values, Keys>]: Shape<Values[K]> };

type ContextAttribute = (typeof SECPKG_ATTR)[keyof typeof SECPKG_ATTR];
type CredentialAttribute = ContextAttribute | (typeof SECPKG_CRED_ATTR)[keyof typeof SECPKG_CRED_ATTR];

const CERTIFICATE = { certificate: 'bytes', chain: 'list' } as const;
const CREDENTIAL_INFO = {
  certificateCount: 'number',
  certificateChain: 'bytes',
  flags: 'number',
  bits: 'number',
} as const;

export const CONTEXT_SHAPES: Shapes<ContextAttributeValues, ContextAttribute> = {
  [SECPKG_ATTR.SIZES]: { maxToken: 'number', maxSignature: 'number', blockSize: 'number', securityTrailer: 'number' },
  [SECPKG_ATTR.NAMES]: { userName: 'string' },
  [SECPKG_ATTR.LIFESPAN]: { start: 'date', expiry: 'date' },
  [SECPKG_ATTR.DCE_INFO]: { authzService: 'number', principal: 'string' },
  [SECPKG_ATTR.STREAM_SIZES]: {
    header: 'number',
    trailer: 'number',
    maximumMessage: 'number',
    bufferCount: 'number',
    blockSize: 'number',
  },
  [SECPKG_ATTR.KEY_INFO]: {
    signatureAlgorithmName: 'string',
    encryptAlgorithmName: 'string',
    keySize: 'number',
    signatureAlgorithm: 'number',
    encryptAlgorithm: 'number',
  },
  [SECPKG_ATTR.AUTHORITY]: { authorityName: 'string' },
  [SECPKG_ATTR.PROTO_INFO]: { protocolName: 'string', major: 'number', minor: 'number' },
  [SECPKG_ATTR.PASSWORD_EXPIRY]: { passwordExpires: 'date' },
  [SECPKG_ATTR.SESSION_KEY]: { sessionKey: 'bytes' },
  [SECPKG_ATTR.PACKAGE_INFO]: {
    name: 'string',
    comment: 'string',
    capabilities: 'number',
    version: 'number',
    rpcId: 'number',
    maxToken: 'number',
  },
  [SECPKG_ATTR.USER_FLAGS]: { userFlags: 'number' },
  [SECPKG_ATTR.NEGOTIATION_INFO]: { packageInfo: 'object', negotiationState: 'number' },
  [SECPKG_ATTR.NATIVE_NAMES]: { clientName: 'string', serverName: 'string' },
  [SECPKG_ATTR.FLAGS]: { flags: 'number' },
  [SECPKG_ATTR.USE_VALIDATED]: { useValidated: 'boolean' },
  [SECPKG_ATTR.CREDENTIAL_NAME]: { credentialType: 'number', name: 'string' },
  [SECPKG_ATTR.TARGET_INFORMATION]: { targetInformation: 'bytes' },
  [SECPKG_ATTR.ACCESS_TOKEN]: { user: 'object', groups: 'list', privileges: 'list' },
  [SECPKG_ATTR.TARGET]: { target: 'bytes' },
  [SECPKG_ATTR.AUTHENTICATION_ID]: { authenticationId: 'bytes' },
  [SECPKG_ATTR.LOGOFF_TIME]: { logoffTime: 'date' },
  [SECPKG_ATTR.NEGO_KEYS]: { keyType: 'number', key: 'bytes', verifyKeyType: 'number', verifyKey: 'bytes' },
  [SECPKG_ATTR.PROMPTING_NEEDED]: { credentialClass: 'number', promptingNeeded: 'boolean' },
  [SECPKG_ATTR.CONTEXT_DELETED]: { contextDeleted: 'boolean' },
  [SECPKG_ATTR.UNIQUE_BINDINGS]: { bindings: 'bytes' },
  [SECPKG_ATTR.ENDPOINT_BINDINGS]: { bindings: 'bytes' },
  [SECPKG_ATTR.CLIENT_SPECIFIED_TARGET]: { targetName: 'string' },
  [SECPKG_ATTR.LAST_CLIENT_TOKEN_STATUS]: { lastClientTokenStatus: 'string' },
  [SECPKG_ATTR.NEGO_PKG_INFO]: { packageMask: 'number' },
  [SECPKG_ATTR.NEGO_STATUS]: { lastStatus: 'number' },
  [SECPKG_ATTR.DTLS_MTU]: { mtu: 'number' },
  [SECPKG_ATTR.APPLICATION_PROTOCOL]: { status: 'string', protocolId: 'bytes' },
  [SECPKG_ATTR.IS_LOOPBACK]: { isLoopback: 'boolean' },
  [SECPKG_ATTR.REMOTE_CERT_CONTEXT]: CERTIFICATE,
  [SECPKG_ATTR.LOCAL_CERT_CONTEXT]: CERTIFICATE,
  [SECPKG_ATTR.REMOTE_CERT_CHAIN]: CERTIFICATE,
  [SECPKG_ATTR.REMOTE_CRED]: CREDENTIAL_INFO,
  [SECPKG_ATTR.LOCAL_CRED]: CREDENTIAL_INFO,
  [SECPKG_ATTR.REMOTE_CERTIFICATES]: { certificateCount: 'number', certificateChain: 'bytes' },
  [SECPKG_ATTR.LOCAL_CERT_INFO]: { subjectName: 'string', issuerName: 'string', keySize: 'number' },
  [SECPKG_ATTR.ISSUER_LIST]: { issuerList: 'bytes' },
  [SECPKG_ATTR.ISSUER_LIST_EX]: { issuers: 'list' },
  [SECPKG_ATTR.CONNECTION_INFO]: {
    protocol: 'number',
    cipher: 'number',
    cipherStrength: 'number',
    hash: 'number',
    hashStrength: 'number',
    exchange: 'number',
    exchangeStrength: 'number',
  },
  [SECPKG_ATTR.CONNECTION_INFO_EX]: {
    protocol: 'number',
    cipherName: 'string',
    cipherStrength: 'number',
    hashName: 'string',
    hashStrength: 'number',
    exchangeName: 'string',
    exchangeStrength: 'number',
  },
  [SECPKG_ATTR.CIPHER_INFO]: {
    protocol: 'number',
    cipherSuite: 'number',
    baseCipherSuite: 'number',
    cipherSuiteName: 'string',
    cipherName: 'string',
    cipherLength: 'number',
    cipherBlockLength: 'number',
    hashName: 'string',
    hashLength: 'number',
    exchangeName: 'string',
    minExchangeLength: 'number',
    maxExchangeLength: 'number',
    certificateName: 'string',
    keyType: 'number',
  },
  [SECPKG_ATTR.SESSION_INFO]: { reconnected: 'boolean', sessionId: 'bytes' },
  [SECPKG_ATTR.APP_DATA]: { appData: 'bytes' },
  [SECPKG_ATTR.CC_POLICY_RESULT]: { policyResult: 'number' },
  [SECPKG_ATTR.SUPPORTED_SIGNATURES]: { algorithms: 'list' },
  [SECPKG_ATTR.SRTP_PARAMETERS]: { protectionProfile: 'number', masterKeyIdentifier: 'bytes' },
  [SECPKG_ATTR.TOKEN_BINDING]: { major: 'number', minor: 'number', keyParameters: 'bytes' },
  [SECPKG_ATTR.NEGOTIATED_TLS_EXTENSIONS]: { extensions: 'list' },
  [SECPKG_ATTR.EAP_KEY_BLOCK]: { keys: 'bytes', ivs: 'bytes' },
  [SECPKG_ATTR.KEYING_MATERIAL]: { keyingMaterial: 'bytes' },
};

export const CREDENTIAL_SHAPES: Shapes<CredentialAttributeValues, CredentialAttribute> = {
  [SECPKG_CRED_ATTR.NAMES]: { userName: 'string' },
  [SECPKG_CRED_ATTR.SSI_PROVIDER]: { providerName: 'string', providerInfo: 'bytes' },
  [SECPKG_CRED_ATTR.CERT]: { thumbprint: 'bytes' },
  [SECPKG_ATTR.SUPPORTED_ALGS]: { algorithms: 'list' },
  [SECPKG_ATTR.CIPHER_STRENGTHS]: { minimum: 'number', maximum: 'number' },
  [SECPKG_ATTR.SUPPORTED_PROTOCOLS]: { protocols: 'number' },
};
