export { applicationProtocols } from './sspi/application-protocols.js';
export type * from './sspi/attribute-values.js';
export { SECPKG_ATTR, SECPKG_CRED_ATTR, SECPKG_NEGOTIATION } from './sspi/attributes.js';
export { bufferType, filterBuffers, findBuffer, SECBUFFER, type SecBuffer, tokenBuffer } from './sspi/buffers.js';
export { channelBindings } from './sspi/channel-bindings.js';
export { type AuthData, type CertificateSource, type CredentialUse, SECPKG_CRED } from './sspi/credentials.js';
export { type ProviderName, SspiError } from './sspi/error.js';
export { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET } from './sspi/flags.js';
export type * from './sspi/function-table.js';
export type { CredHandle, CtxtHandle, TokenHandle } from './sspi/handles.js';
export { KERBEROS_ATTR } from './sspi/kerberos.js';
export { DREP, type MessageBuffers, type MessageCall, SECQOP } from './sspi/messages.js';
export { SECPKG_FLAG, SECPKG_ID_NONE, type SecPkgInfo } from './sspi/packages.js';
export { SASL_AUTHZID_STATE, SASL_OPTION, type SaslContextOptions, type SaslOptionValues } from './sspi/sasl.js';
export { SCH, SCH_CRED, SCHANNEL, SP_PROT, SSL_SESSION } from './sspi/schannel.js';
export type { SecurityToken, SidAndName } from './sspi/security-token.js';
export { initSecurityInterface, type SecurityInterfaceOptions } from './sspi/select.js';
export { explainStatus, type StatusExplanation } from './sspi/status/explanations.js';
export {
  CERT_E,
  CRYPT_E,
  isFailure,
  SEC_E,
  SEC_I,
  type SspiErrorCode,
  STATUS,
  type StatusName,
  statusByName,
  statusName,
  TRUST_E,
} from './sspi/status.js';
