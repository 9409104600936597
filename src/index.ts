export type { AuthorizationRequest, Authorize } from './context/authorization.js';
export { ClientContext, type ClientContextOptions } from './context/client-context.js';
export { type ConnectionBindingsOptions, connectionBindings } from './context/connection-bindings.js';
export { Credential, type CredentialOptions } from './context/credential.js';
export type { ContextEvent } from './context/diagnostics.js';
export type { StepResult } from './context/exchange.js';
export type { ExtendedProtection } from './context/extended-protection.js';
export type { PeerIdentity } from './context/identity.js';
export type { PeerContext, PeerContextOptions } from './context/peer-context.js';
export type { ProtectionOptions } from './context/policy.js';
export type { Protection, SecurityLayer } from './context/protection.js';
export { SaslClient, type SaslClientOptions } from './context/sasl-client.js';
export type { SaslEndpoint, SaslOptions } from './context/sasl-endpoint.js';
export { SaslServer, type SaslServerOptions } from './context/sasl-server.js';
export { schannelAccept, schannelConnect } from './context/schannel-connect.js';
export type {
  SchannelAcceptOptions,
  SchannelConnectOptions,
  SchannelOptions,
} from './context/schannel-options.js';
export { type SchannelFacts, SchannelStream } from './context/schannel-stream.js';
export { ServerContext, type ServerContextOptions } from './context/server-context.js';
export type { Sizes } from './sspi/attribute-values.js';
export { channelBindings } from './sspi/channel-bindings.js';
export type {
  AnonymousIdentity,
  AuthData,
  CcacheIdentity,
  CertificateIdentity,
  CertificateSource,
  CredentialUse,
  CurrentIdentity,
  KeytabIdentity,
  NtHashIdentity,
  PasswordIdentity,
} from './sspi/credentials.js';
export { type ProviderName, SspiError } from './sspi/error.js';
export type { SecurityFunctionTable } from './sspi/function-table.js';
export { SECPKG_FLAG, type SecPkgInfo } from './sspi/packages.js';
export type { SidAndName } from './sspi/security-token.js';
export { explainStatus, type StatusExplanation } from './sspi/status/explanations.js';
export { SEC_E, SEC_I, type SspiErrorCode, type StatusName, statusName } from './sspi/status.js';
export type { TlsBindingType } from './sspi/tls-bindings.js';
