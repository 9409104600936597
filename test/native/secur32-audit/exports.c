/* The functions of secur32.dll: counted, failed on demand, written into the ledger, and passed on to the real ones. */
#include "audit.h"

#define EXPORT SECURITY_STATUS SEC_ENTRY

static bool tokens_supplied;

void supply_tokens(bool on) { tokens_supplied = on; }

/* ---- packages ---- */

EXPORT EnumerateSecurityPackagesW(unsigned long *count, PSecPkgInfoW *packages) {
  BEGIN_CALL(EnumerateSecurityPackagesW);
  status = real()->EnumerateSecurityPackagesW(count, packages);
  if (status == SEC_E_OK) ledger_buffer_added(*packages, false);
  return status;
}

EXPORT QuerySecurityPackageInfoW(LPWSTR name, PSecPkgInfoW *package) {
  BEGIN_CALL(QuerySecurityPackageInfoW);
  status = real()->QuerySecurityPackageInfoW(name, package);
  if (status == SEC_E_OK) ledger_buffer_added(*package, false);
  return status;
}

EXPORT FreeContextBuffer(PVOID buffer) {
  BEGIN_RELEASE(FreeContextBuffer);
  bool own;
  if (!ledger_buffer_removed(buffer, &own)) return SEC_E_INVALID_HANDLE;
  status = own ? SEC_E_OK : real()->FreeContextBuffer(buffer);
  if (own) HeapFree(GetProcessHeap(), 0, buffer);
  END_RELEASE();
}

/* ---- credentials ---- */

EXPORT AcquireCredentialsHandleW(LPWSTR principal, LPWSTR package, unsigned long use, void *logon, void *auth_data,
                                 SEC_GET_KEY_FN get_key, void *key, PCredHandle credential, PTimeStamp expiry) {
  SEC_WINNT_AUTH_IDENTITY_W plain;
  void *passed_on = record_identity(package, auth_data, &plain);
  BEGIN_CALL(AcquireCredentialsHandleW);
  status = real()->AcquireCredentialsHandleW(principal, package, use, logon, passed_on, get_key, key, credential, expiry);
  if (status >= 0) ledger_credential_added(credential, package);
  return status;
}

EXPORT FreeCredentialsHandle(PCredHandle credential) {
  BEGIN_RELEASE(FreeCredentialsHandle);
  if (!ledger_credential_removed(credential)) return SEC_E_INVALID_HANDLE;
  status = real()->FreeCredentialsHandle(credential);
  END_RELEASE();
}

EXPORT QueryCredentialsAttributesW(PCredHandle credential, unsigned long attribute, void *value) {
  BEGIN_CALL(QueryCredentialsAttributesW);
  if (!ledger_credential_used(credential, NULL)) return SEC_E_INVALID_HANDLE;
  status = real()->QueryCredentialsAttributesW(credential, attribute, value);
  if (status == SEC_E_OK && attribute == SECPKG_CRED_ATTR_NAMES)
    ledger_buffer_added(((SecPkgCredentials_NamesW *)value)->sUserName, false);
  if (status == SEC_E_OK && attribute == SECPKG_ATTR_SUPPORTED_ALGS)
    ledger_buffer_added(((SecPkgCred_SupportedAlgs *)value)->palgSupportedAlgs, false);
  return status;
}

EXPORT SetCredentialsAttributesW(PCredHandle credential, unsigned long attribute, void *value, unsigned long size) {
  BEGIN_CALL(SetCredentialsAttributesW);
  if (!ledger_credential_used(credential, NULL)) return SEC_E_INVALID_HANDLE;
  if (real()->SetCredentialsAttributesW == NULL) return SEC_E_UNSUPPORTED_FUNCTION;
  return real()->SetCredentialsAttributesW(credential, attribute, value, size);
}

/* ---- contexts ---- */

static void track_output(const SecBufferDesc *output) {
  for (unsigned long i = 0; output != NULL && i < output->cBuffers; i++)
    ledger_buffer_added(output->pBuffers[i].pvBuffer, false);
}

EXPORT InitializeSecurityContextW(PCredHandle credential, PCtxtHandle context, SEC_WCHAR *target, unsigned long flags,
                                  unsigned long reserved1, unsigned long data_rep, PSecBufferDesc input,
                                  unsigned long reserved2, PCtxtHandle new_context, PSecBufferDesc output,
                                  unsigned long *attributes, PTimeStamp expiry) {
  record_input(input);
  BEGIN_CALL(InitializeSecurityContextW);
  if (!ledger_leg_began(credential, context)) return SEC_E_INVALID_HANDLE;
  SecHandle previous = context != NULL ? *context : (SecHandle){0};
  if (context == NULL) SecInvalidateHandle(new_context);
  status = real()->InitializeSecurityContextW(credential, context, target, flags, reserved1, data_rep, input, reserved2,
                                              new_context, output, attributes, expiry);
  ledger_leg_ended(status, context != NULL ? &previous : NULL, new_context, credential);
  if (flags & ISC_REQ_ALLOCATE_MEMORY) track_output(output);
  return status;
}

EXPORT AcceptSecurityContext(PCredHandle credential, PCtxtHandle context, PSecBufferDesc input, unsigned long flags,
                             unsigned long data_rep, PCtxtHandle new_context, PSecBufferDesc output,
                             unsigned long *attributes, PTimeStamp expiry) {
  record_input(input);
  BEGIN_CALL(AcceptSecurityContext);
  if (!ledger_leg_began(credential, context)) return SEC_E_INVALID_HANDLE;
  SecHandle previous = context != NULL ? *context : (SecHandle){0};
  if (context == NULL) SecInvalidateHandle(new_context);
  status = real()->AcceptSecurityContext(credential, context, input, flags, data_rep, new_context, output, attributes,
                                         expiry);
  ledger_leg_ended(status, context != NULL ? &previous : NULL, new_context, credential);
  if (flags & ASC_REQ_ALLOCATE_MEMORY) track_output(output);
  return status;
}

EXPORT DeleteSecurityContext(PCtxtHandle context) {
  BEGIN_RELEASE(DeleteSecurityContext);
  if (!ledger_context_removed(context)) return SEC_E_INVALID_HANDLE;
  sasl_context_deleted(context);
  status = real()->DeleteSecurityContext(context);
  END_RELEASE();
}

/* Calls that pass a context on as it is. */
#define ON_CONTEXT(function, activity, parameters, ...)                                                               \
  EXPORT function parameters {                                                                                        \
    BEGIN_CALL(function);                                                                                             \
    if (!ledger_context_enter(context, activity)) return SEC_E_INVALID_HANDLE;                                        \
    status = real()->function == NULL ? SEC_E_UNSUPPORTED_FUNCTION : real()->function(__VA_ARGS__);                   \
    ledger_context_leave(context, activity);                                                                          \
    return status;                                                                                                    \
  }

ON_CONTEXT(CompleteAuthToken, LEG, (PCtxtHandle context, PSecBufferDesc token), context, token)
ON_CONTEXT(ApplyControlToken, LEG, (PCtxtHandle context, PSecBufferDesc input), context, input)
ON_CONTEXT(MakeSignature, ENCRYPTING,
           (PCtxtHandle context, unsigned long qop, PSecBufferDesc message, unsigned long sequence), context, qop,
           message, sequence)
ON_CONTEXT(EncryptMessage, ENCRYPTING,
           (PCtxtHandle context, unsigned long qop, PSecBufferDesc message, unsigned long sequence), context, qop,
           message, sequence)
ON_CONTEXT(VerifySignature, DECRYPTING,
           (PCtxtHandle context, PSecBufferDesc message, unsigned long sequence, unsigned long *qop), context, message,
           sequence, qop)
ON_CONTEXT(DecryptMessage, DECRYPTING,
           (PCtxtHandle context, PSecBufferDesc message, unsigned long sequence, unsigned long *qop), context, message,
           sequence, qop)
ON_CONTEXT(SetContextAttributesW, LEG,
           (PCtxtHandle context, unsigned long attribute, void *value, unsigned long size), context, attribute, value,
           size)

/* Where the attributes keep pointers that FreeContextBuffer takes ("Remarks" of each structure on Learn). */
static const struct {
  unsigned long attribute;
  SIZE_T offset;
} attribute_pointers[] = {
    {SECPKG_ATTR_NAMES, offsetof(SecPkgContext_NamesW, sUserName)},
    {SECPKG_ATTR_DCE_INFO, offsetof(SecPkgContext_DceInfo, pPac)},
    {SECPKG_ATTR_KEY_INFO, offsetof(SecPkgContext_KeyInfoW, sSignatureAlgorithmName)},
    {SECPKG_ATTR_KEY_INFO, offsetof(SecPkgContext_KeyInfoW, sEncryptAlgorithmName)},
    {SECPKG_ATTR_AUTHORITY, offsetof(SecPkgContext_AuthorityW, sAuthorityName)},
    {SECPKG_ATTR_PROTO_INFO, offsetof(SecPkgContext_ProtoInfoW, sProtocolName)},
    {SECPKG_ATTR_SESSION_KEY, offsetof(SecPkgContext_SessionKey, SessionKey)},
    {SECPKG_ATTR_PACKAGE_INFO, offsetof(SecPkgContext_PackageInfoW, PackageInfo)},
    {SECPKG_ATTR_NEGOTIATION_INFO, offsetof(SecPkgContext_NegotiationInfoW, PackageInfo)},
    {SECPKG_ATTR_NATIVE_NAMES, offsetof(SecPkgContext_NativeNamesW, sClientName)},
    {SECPKG_ATTR_NATIVE_NAMES, offsetof(SecPkgContext_NativeNamesW, sServerName)},
    {SECPKG_ATTR_CREDENTIAL_NAME, offsetof(SecPkgContext_CredentialNameW, sCredentialName)},
    {SECPKG_ATTR_TARGET, offsetof(SecPkgContext_Target, Target)},
    {SECPKG_ATTR_AUTHENTICATION_ID, offsetof(SecPkgContext_AuthzID, AuthzID)},
    {SECPKG_ATTR_NEGO_KEYS, offsetof(SecPkgContext_NegoKeys, KeyValue)},
    {SECPKG_ATTR_NEGO_KEYS, offsetof(SecPkgContext_NegoKeys, VerifyKeyValue)},
    {SECPKG_ATTR_TARGET_INFORMATION, offsetof(SecPkgContext_TargetInformation, MarshalledTargetInfo)},
    {SECPKG_ATTR_UNIQUE_BINDINGS, offsetof(SecPkgContext_Bindings, Bindings)},
    {SECPKG_ATTR_ENDPOINT_BINDINGS, offsetof(SecPkgContext_Bindings, Bindings)},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, offsetof(SecPkgContext_ClientSpecifiedTarget, sTargetName)},
    {SECPKG_ATTR_ISSUER_LIST_EX, offsetof(SecPkgContext_IssuerListInfoEx, aIssuers)},
    {SECPKG_ATTR_APP_DATA, offsetof(SecPkgContext_SessionAppData, pbAppData)},
    {SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, offsetof(SecPkgContext_NegotiatedTlsExtensions, Extensions)},
    {SECPKG_ATTR_REMOTE_CERTIFICATES, offsetof(SecPkgContext_Certificates, pbCertificateChain)},
    {SECPKG_ATTR_LOCAL_CERT_INFO, offsetof(SecPkgContext_CertInfo, pwszSubjectName)},
    {SECPKG_ATTR_LOCAL_CERT_INFO, offsetof(SecPkgContext_CertInfo, pwszIssuerName)},
    {SECPKG_ATTR_SUPPORTED_SIGNATURES, offsetof(SecPkgContext_SupportedSignatures, pSignatureAndHashAlgorithms)},
    {SECPKG_ATTR_KEYING_MATERIAL, offsetof(SecPkgContext_KeyingMaterial, pbKeyingMaterial)},
    {SECPKG_ATTR_SRTP_PARAMETERS, offsetof(SecPkgContext_SrtpParameters, MasterKeyIdentifier)},
    {SECPKG_ATTR_TOKEN_BINDING, offsetof(SecPkgContext_TokenBinding, KeyParameters)},
};

EXPORT QueryContextAttributesW(PCtxtHandle context, unsigned long attribute, void *value) {
  BEGIN_CALL(QueryContextAttributesW);
  if (!ledger_context_enter(context, QUERYING)) return SEC_E_INVALID_HANDLE;
  status = real()->QueryContextAttributesW(context, attribute, value);
  ledger_context_leave(context, QUERYING);
  for (SIZE_T i = 0; status == SEC_E_OK && i < sizeof attribute_pointers / sizeof *attribute_pointers; i++) {
    if (attribute_pointers[i].attribute == attribute)
      ledger_buffer_added(*(void **)((char *)value + attribute_pointers[i].offset), false);
  }
  return status;
}

EXPORT ExportSecurityContext(PCtxtHandle context, ULONG flags, PSecBuffer packed, void **token) {
  BEGIN_CALL(ExportSecurityContext);
  if (!ledger_context_enter(context, LEG)) return SEC_E_INVALID_HANDLE;
  status = real()->ExportSecurityContext(context, flags, packed, token);
  ledger_context_leave(context, LEG);
  if (status == SEC_E_OK) {
    ledger_buffer_added(packed->pvBuffer, false);
    if (token != NULL && *token != NULL) ledger_token_added(*token);
  }
  return status;
}

EXPORT ImportSecurityContextW(LPWSTR package, PSecBuffer packed, VOID *token, PCtxtHandle context) {
  BEGIN_CALL(ImportSecurityContextW);
  status = real()->ImportSecurityContextW(package, packed, token, context);
  if (status == SEC_E_OK) ledger_context_added(context);
  return status;
}

/* ---- tokens ---- */

EXPORT ImpersonateSecurityContext(PCtxtHandle context) {
  BEGIN_CALL(ImpersonateSecurityContext);
  if (!ledger_context_enter(context, QUERYING)) return SEC_E_INVALID_HANDLE;
  status = real()->ImpersonateSecurityContext(context);
  if (status < 0 && tokens_supplied && ImpersonateSelf(SecurityImpersonation)) status = SEC_E_OK;
  ledger_context_leave(context, QUERYING);
  if (status == SEC_E_OK) ledger_impersonation_began();
  return status;
}

EXPORT RevertSecurityContext(PCtxtHandle context) {
  BEGIN_RELEASE(RevertSecurityContext);
  if (!ledger_context_enter(context, QUERYING)) return SEC_E_INVALID_HANDLE;
  ledger_impersonation_ended();
  status = real()->RevertSecurityContext(context);
  if (status < 0 && tokens_supplied && RevertToSelf()) status = SEC_E_OK;
  ledger_context_leave(context, QUERYING);
  END_RELEASE();
}

EXPORT QuerySecurityContextToken(PCtxtHandle context, void **token) {
  BEGIN_CALL(QuerySecurityContextToken);
  if (!ledger_context_enter(context, QUERYING)) return SEC_E_INVALID_HANDLE;
  status = real()->QuerySecurityContextToken(context, token);
  HANDLE mine;
  if (status < 0 && tokens_supplied && OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &mine)) {
    if (DuplicateTokenEx(mine, TOKEN_QUERY | TOKEN_IMPERSONATE, NULL, SecurityImpersonation, TokenImpersonation, token))
      status = SEC_E_OK;
    CloseHandle(mine);
  }
  ledger_context_leave(context, QUERYING);
  if (status == SEC_E_OK) ledger_token_added(*token);
  return status;
}
