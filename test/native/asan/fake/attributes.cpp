// QueryContextAttributesW and QueryCredentialsAttributesW: structures with the members that point to memory of the package.
#include "script.hpp"

namespace fake {
SecPkgInfoW* make_packages(ULONG number, const std::string& lie);
const CERT_CONTEXT* make_certificate();
}  // namespace fake

using namespace fake;

namespace {

enum class Kind { text, blob, package, certificate, token };

/// A member that is a pointer; LENGTH is where the size of a blob stands, in LENGTH_SIZE bytes.
struct Pointer {
  Kind kind;
  std::size_t offset;
  std::size_t length = 0;
  std::size_t length_size = 0;
};

struct Structure {
  ULONG attribute;
  std::size_t size;
  std::vector<Pointer> pointers;
};

#define TEXT(type, member) {Kind::text, offsetof(type, member)}
#define BLOB(type, member, length) {Kind::blob, offsetof(type, member), offsetof(type, length), sizeof(type::length)}
#define PACKAGE(type, member) {Kind::package, offsetof(type, member)}
#define PLAIN(attribute, type) {attribute, sizeof(type), {}}
#define WITH(attribute, type, ...) {attribute, sizeof(type), {__VA_ARGS__}}

const std::vector<Structure>& context_structures() {
  static const std::vector<Structure> all = {
      PLAIN(SECPKG_ATTR_SIZES, SecPkgContext_Sizes),
      WITH(SECPKG_ATTR_NAMES, SecPkgContext_NamesW, TEXT(SecPkgContext_NamesW, sUserName)),
      PLAIN(SECPKG_ATTR_LIFESPAN, SecPkgContext_Lifespan),
      WITH(SECPKG_ATTR_DCE_INFO, SecPkgContext_DceInfo, TEXT(SecPkgContext_DceInfo, pPac)),
      PLAIN(SECPKG_ATTR_STREAM_SIZES, SecPkgContext_StreamSizes),
      WITH(SECPKG_ATTR_KEY_INFO, SecPkgContext_KeyInfoW, TEXT(SecPkgContext_KeyInfoW, sSignatureAlgorithmName),
           TEXT(SecPkgContext_KeyInfoW, sEncryptAlgorithmName)),
      WITH(SECPKG_ATTR_AUTHORITY, SecPkgContext_AuthorityW, TEXT(SecPkgContext_AuthorityW, sAuthorityName)),
      WITH(SECPKG_ATTR_PROTO_INFO, SecPkgContext_ProtoInfoW, TEXT(SecPkgContext_ProtoInfoW, sProtocolName)),
      PLAIN(SECPKG_ATTR_PASSWORD_EXPIRY, SecPkgContext_PasswordExpiry),
      WITH(SECPKG_ATTR_SESSION_KEY, SecPkgContext_SessionKey,
           BLOB(SecPkgContext_SessionKey, SessionKey, SessionKeyLength)),
      WITH(SECPKG_ATTR_PACKAGE_INFO, SecPkgContext_PackageInfoW, PACKAGE(SecPkgContext_PackageInfoW, PackageInfo)),
      PLAIN(SECPKG_ATTR_USER_FLAGS, SecPkgContext_UserFlags),
      WITH(SECPKG_ATTR_NEGOTIATION_INFO, SecPkgContext_NegotiationInfoW,
           PACKAGE(SecPkgContext_NegotiationInfoW, PackageInfo)),
      WITH(SECPKG_ATTR_NATIVE_NAMES, SecPkgContext_NativeNamesW, TEXT(SecPkgContext_NativeNamesW, sClientName),
           TEXT(SecPkgContext_NativeNamesW, sServerName)),
      PLAIN(SECPKG_ATTR_FLAGS, SecPkgContext_Flags),
      PLAIN(SECPKG_ATTR_USE_VALIDATED, ULONG),
      WITH(SECPKG_ATTR_CREDENTIAL_NAME, SecPkgContext_CredentialNameW,
           TEXT(SecPkgContext_CredentialNameW, sCredentialName)),
      WITH(SECPKG_ATTR_TARGET_INFORMATION, SecPkgContext_TargetInformation,
           BLOB(SecPkgContext_TargetInformation, MarshalledTargetInfo, MarshalledTargetInfoLength)),
      WITH(SECPKG_ATTR_ACCESS_TOKEN, SecPkgContext_AccessToken,
           {Kind::token, offsetof(SecPkgContext_AccessToken, AccessToken)}),
      WITH(SECPKG_ATTR_TARGET, SecPkgContext_Target, BLOB(SecPkgContext_Target, Target, TargetLength)),
      WITH(SECPKG_ATTR_AUTHENTICATION_ID, SecPkgContext_AuthzID, BLOB(SecPkgContext_AuthzID, AuthzID, AuthzIDLength)),
      PLAIN(SECPKG_ATTR_LOGOFF_TIME, SecPkgContext_LogoffTime),
      WITH(SECPKG_ATTR_NEGO_KEYS, SecPkgContext_NegoKeys, BLOB(SecPkgContext_NegoKeys, KeyValue, KeyLength),
           BLOB(SecPkgContext_NegoKeys, VerifyKeyValue, VerifyKeyLength)),
      PLAIN(SECPKG_ATTR_PROMPTING_NEEDED, SecPkgContext_CredInfo),
      WITH(SECPKG_ATTR_UNIQUE_BINDINGS, SecPkgContext_Bindings, BLOB(SecPkgContext_Bindings, Bindings, BindingsLength)),
      WITH(SECPKG_ATTR_ENDPOINT_BINDINGS, SecPkgContext_Bindings,
           BLOB(SecPkgContext_Bindings, Bindings, BindingsLength)),
      WITH(SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SecPkgContext_ClientSpecifiedTarget,
           TEXT(SecPkgContext_ClientSpecifiedTarget, sTargetName)),
      PLAIN(SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, SecPkgContext_LastClientTokenStatus),
      PLAIN(SECPKG_ATTR_NEGO_PKG_INFO, SecPkgContext_NegoPackageInfo),
      PLAIN(SECPKG_ATTR_NEGO_STATUS, SecPkgContext_NegoStatus),
      PLAIN(SECPKG_ATTR_CONTEXT_DELETED, ULONG),
      PLAIN(SECPKG_ATTR_DTLS_MTU, SEC_DTLS_MTU),
      PLAIN(SECPKG_ATTR_IS_LOOPBACK, ULONG),
      PLAIN(SECPKG_ATTR_APPLICATION_PROTOCOL, SecPkgContext_ApplicationProtocol),
      WITH(SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, SecPkgContext_NegotiatedTlsExtensions,
           {Kind::blob, offsetof(SecPkgContext_NegotiatedTlsExtensions, Extensions)}),
      WITH(SECPKG_ATTR_REMOTE_CERT_CONTEXT, const CERT_CONTEXT*, {Kind::certificate, 0}),
      WITH(SECPKG_ATTR_LOCAL_CERT_CONTEXT, const CERT_CONTEXT*, {Kind::certificate, 0}),
      WITH(SECPKG_ATTR_REMOTE_CERT_CHAIN, const CERT_CONTEXT*, {Kind::certificate, 0}),
      WITH(SECPKG_ATTR_REMOTE_CRED, SecPkgContext_RemoteCredentialInfo,
           BLOB(SecPkgContext_RemoteCredentialInfo, pbCertificateChain, cbCertificateChain)),
      WITH(SECPKG_ATTR_LOCAL_CRED, SecPkgContext_LocalCredentialInfo,
           BLOB(SecPkgContext_LocalCredentialInfo, pbCertificateChain, cbCertificateChain)),
      WITH(SECPKG_ATTR_ISSUER_LIST, SecPkgContext_IssuerListInfo,
           BLOB(SecPkgContext_IssuerListInfo, pIssuerList, cbIssuerList)),
      WITH(SECPKG_ATTR_ISSUER_LIST_EX, SecPkgContext_IssuerListInfoEx,
           {Kind::blob, offsetof(SecPkgContext_IssuerListInfoEx, aIssuers)}),
      PLAIN(SECPKG_ATTR_CONNECTION_INFO, SecPkgContext_ConnectionInfo),
      PLAIN(SECPKG_ATTR_CONNECTION_INFO_EX, SecPkgContext_ConnectionInfoEx),
      PLAIN(SECPKG_ATTR_CIPHER_INFO, SecPkgContext_CipherInfo),
      PLAIN(SECPKG_ATTR_EAP_KEY_BLOCK, SecPkgContext_EapKeyBlock),
      PLAIN(SECPKG_ATTR_SESSION_INFO, SecPkgContext_SessionInfo),
      WITH(SECPKG_ATTR_APP_DATA, SecPkgContext_SessionAppData,
           BLOB(SecPkgContext_SessionAppData, pbAppData, cbAppData)),
      WITH(SECPKG_ATTR_REMOTE_CERTIFICATES, SecPkgContext_Certificates,
           BLOB(SecPkgContext_Certificates, pbCertificateChain, cbCertificateChain)),
      WITH(SECPKG_ATTR_LOCAL_CERT_INFO, SecPkgContext_CertInfo, TEXT(SecPkgContext_CertInfo, pwszSubjectName),
           TEXT(SecPkgContext_CertInfo, pwszIssuerName)),
      PLAIN(SECPKG_ATTR_CC_POLICY_RESULT, SecPkgContext_ClientCertPolicyResult),
      WITH(SECPKG_ATTR_SUPPORTED_SIGNATURES, SecPkgContext_SupportedSignatures,
           {Kind::blob, offsetof(SecPkgContext_SupportedSignatures, pSignatureAndHashAlgorithms)}),
      WITH(SECPKG_ATTR_KEYING_MATERIAL, SecPkgContext_KeyingMaterial,
           BLOB(SecPkgContext_KeyingMaterial, pbKeyingMaterial, cbKeyingMaterial)),
      WITH(SECPKG_ATTR_SRTP_PARAMETERS, SecPkgContext_SrtpParameters,
           BLOB(SecPkgContext_SrtpParameters, MasterKeyIdentifier, MasterKeyIdentifierSize)),
      WITH(SECPKG_ATTR_TOKEN_BINDING, SecPkgContext_TokenBinding,
           BLOB(SecPkgContext_TokenBinding, KeyParameters, KeyParametersSize)),
  };
  return all;
}

const std::vector<Structure>& credential_structures() {
  static const std::vector<Structure> all = {
      WITH(SECPKG_CRED_ATTR_NAMES, SecPkgCredentials_NamesW, TEXT(SecPkgCredentials_NamesW, sUserName)),
      WITH(SECPKG_CRED_ATTR_SSI_PROVIDER, SecPkgCredentials_SSIProviderW,
           TEXT(SecPkgCredentials_SSIProviderW, sProviderName),
           BLOB(SecPkgCredentials_SSIProviderW, ProviderInfo, ProviderInfoLength)),
      WITH(SECPKG_CRED_ATTR_CERT, SecPkgCredentials_Cert, BLOB(SecPkgCredentials_Cert, EncodedCert, EncodedCertSize)),
      WITH(SECPKG_ATTR_SUPPORTED_ALGS, SecPkgCred_SupportedAlgs,
           {Kind::blob, offsetof(SecPkgCred_SupportedAlgs, palgSupportedAlgs)}),
      PLAIN(SECPKG_ATTR_CIPHER_STRENGTHS, SecPkgCred_CipherStrengths),
      PLAIN(SECPKG_ATTR_SUPPORTED_PROTOCOLS, SecPkgCred_SupportedProtocols),
  };
  return all;
}

void* point(const Pointer& pointer, BYTE* structure) {
  constexpr BYTE bytes[] = {1, 2, 3, 4};
  switch (pointer.kind) {
    case Kind::text:
      return allocate_text(u"text");
    case Kind::blob:
      if (pointer.length_size == 0) return nullptr;
      structure[pointer.length] = sizeof bytes;
      return allocate(bytes, sizeof bytes);
    case Kind::package:
      return make_packages(1, "");
    case Kind::certificate:
      return const_cast<CERT_CONTEXT*>(make_certificate());
    case Kind::token:
      return keep(1);
  }
  return nullptr;
}

SECURITY_STATUS query(const char* function, const std::vector<Structure>& structures, ULONG attribute, void* value) {
  const auto answer = next_answer(function);
  if (answer.status != SEC_E_OK) return answer.status;
  for (const auto& [known, size, pointers] : structures) {
    if (known != attribute) continue;
    auto* structure = static_cast<BYTE*>(value);
    // "lengths": every count and length is as large as it can be, every text in place has no end, every pointer is null.
    std::memset(structure, answer.lie == "lengths" ? 0xff : 0, size);
    for (const auto& pointer : pointers) {
      void* target = answer.lie.empty() ? point(pointer, structure) : nullptr;
      std::memcpy(structure + pointer.offset, &target, sizeof target);
    }
    return SEC_E_OK;
  }
  return SEC_E_UNSUPPORTED_FUNCTION;
}

}  // namespace

extern "C" {

SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(PCtxtHandle, unsigned attribute, void* value) {
  return query("QueryContextAttributesW", context_structures(), attribute, value);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(PCredHandle, unsigned attribute, void* value) {
  return query("QueryCredentialsAttributesW", credential_structures(), attribute, value);
}

}  // extern "C"
