// The attributes of every package. Source: Microsoft Learn, "QueryContextAttributes (General)"; sspi.h.
#include "attribute_query.hpp"
#include "package_info.hpp"
#include "security_token.hpp"

namespace secur32 {

namespace {

using Record = Value::Record;
using Query = AttributeQuery;

Record sizes(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_Sizes>(attribute);
  return {{"maxToken", found.cbMaxToken},
          {"maxSignature", found.cbMaxSignature},
          {"blockSize", found.cbBlockSize},
          {"securityTrailer", found.cbSecurityTrailer}};
}

Record stream_sizes(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_StreamSizes>(attribute);
  return {{"header", found.cbHeader},
          {"trailer", found.cbTrailer},
          {"maximumMessage", found.cbMaximumMessage},
          {"bufferCount", found.cBuffers},
          {"blockSize", found.cbBlockSize}};
}

Record lifespan(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_Lifespan>(attribute);
  return {{"start", Timestamp::from_local(found.tsStart)}, {"expiry", Timestamp::from_local(found.tsExpiry)}};
}

Record password_expiry(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_PasswordExpiry>(attribute);
  return {{"passwordExpires", Timestamp::from_local(found.tsPasswordExpires)}};
}

Record logoff_time(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_LogoffTime>(attribute);
  return {{"logoffTime", Timestamp::from_local(found.tsLogoffTime)}};
}

Record dce_info(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_DceInfo>(attribute);
  const auto principal = query.own(static_cast<WCHAR*>(found.pPac));
  return {{"authzService", found.AuthzSvc}, {"principal", text_of(principal.get())}};
}

Record key_info(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_KeyInfoW>(attribute);
  const auto signature = query.own(found.sSignatureAlgorithmName);
  const auto encryption = query.own(found.sEncryptAlgorithmName);
  return {{"signatureAlgorithmName", text_of(signature.get())},
          {"encryptAlgorithmName", text_of(encryption.get())},
          {"keySize", found.KeySize},
          {"signatureAlgorithm", found.SignatureAlgorithm},
          {"encryptAlgorithm", found.EncryptAlgorithm}};
}

Record proto_info(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_ProtoInfoW>(attribute);
  const auto name = query.own(found.sProtocolName);
  return {{"protocolName", text_of(name.get())}, {"major", found.majorVersion}, {"minor", found.minorVersion}};
}

Record session_key(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_SessionKey>(attribute);
  const auto key = query.own(found.SessionKey);
  return {{"sessionKey", take_secret(key.get(), found.SessionKeyLength)}};
}

Record package_info(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_PackageInfoW>(attribute);
  const auto info = query.own(found.PackageInfo);
  return describe(info.get());
}

Record negotiation_info(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_NegotiationInfoW>(attribute);
  const auto info = query.own(found.PackageInfo);
  return {{"packageInfo", describe(info.get())}, {"negotiationState", found.NegotiationState}};
}

Record native_names(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_NativeNamesW>(attribute);
  const auto client = query.own(found.sClientName);
  const auto server = query.own(found.sServerName);
  return {{"clientName", text_of(client.get())}, {"serverName", text_of(server.get())}};
}

Record credential_name(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_CredentialNameW>(attribute);
  const auto name = query.own(found.sCredentialName);
  return {{"credentialType", found.CredentialType}, {"name", text_of(name.get())}};
}

// The handle stays the context's: it is read and not closed.
Record access_token(const Query& query, ULONG attribute) {
  return describe_token(query.get<SecPkgContext_AccessToken>(attribute).AccessToken);
}

Record target_information(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_TargetInformation>(attribute);
  const auto target = query.own(found.MarshalledTargetInfo);
  return {{"targetInformation", copy_of(target.get(), found.MarshalledTargetInfoLength)}};
}

Record target(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_Target>(attribute);
  const auto target = query.own(found.Target);
  return {{"target", copy_of(target.get(), found.TargetLength)}};
}

Record authentication_id(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_AuthzID>(attribute);
  const auto id = query.own(found.AuthzID);
  return {{"authenticationId", copy_of(id.get(), found.AuthzIDLength)}};
}

Record nego_keys(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_NegoKeys>(attribute);
  const auto key = query.own(found.KeyValue);
  const auto verify_key = query.own(found.VerifyKeyValue);
  return {{"keyType", found.KeyType},
          {"key", take_secret(key.get(), found.KeyLength)},
          {"verifyKeyType", found.VerifyKeyType},
          {"verifyKey", take_secret(verify_key.get(), found.VerifyKeyLength)}};
}

Record prompting_needed(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_CredInfo>(attribute);
  return {{"credentialClass", static_cast<ULONG>(found.CredClass)}, {"promptingNeeded", found.IsPromptingNeeded != 0}};
}

Record bindings(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_Bindings>(attribute);
  const auto bindings = query.own(found.Bindings);
  return {{"bindings", copy_of(bindings.get(), found.BindingsLength)}};
}

Record last_client_token_status(const Query& query, ULONG attribute) {
  switch (query.get<SecPkgContext_LastClientTokenStatus>(attribute).LastClientTokenStatus) {
    case SecPkgAttrLastClientTokenYes:
      return {{"lastClientTokenStatus", "yes"}};
    case SecPkgAttrLastClientTokenNo:
      return {{"lastClientTokenStatus", "no"}};
    default:
      return {{"lastClientTokenStatus", "maybe"}};
  }
}

Record dtls_mtu(const Query& query, ULONG attribute) { return {{"mtu", query.get<SEC_DTLS_MTU>(attribute).PathMTU}}; }

/// A structure that is nothing but a text.
template <typename T, auto Member>
Record text(const Query& query, ULONG attribute, const char* name) {
  const auto owned = query.own(query.get<T>(attribute).*Member);
  return {{name, text_of(owned.get())}};
}

constexpr AttributeEntry entries[] = {
    {SECPKG_ATTR_SIZES, sizes},
    {SECPKG_ATTR_NAMES,
     [](const Query& q, ULONG a) { return text<SecPkgContext_NamesW, &SecPkgContext_NamesW::sUserName>(q, a, "userName"); }},
    {SECPKG_ATTR_LIFESPAN, lifespan},
    {SECPKG_ATTR_DCE_INFO, dce_info},
    {SECPKG_ATTR_STREAM_SIZES, stream_sizes},
    {SECPKG_ATTR_KEY_INFO, key_info},
    {SECPKG_ATTR_AUTHORITY,
     [](const Query& q, ULONG a) {
       return text<SecPkgContext_AuthorityW, &SecPkgContext_AuthorityW::sAuthorityName>(q, a, "authorityName");
     }},
    {SECPKG_ATTR_PROTO_INFO, proto_info},
    {SECPKG_ATTR_PASSWORD_EXPIRY, password_expiry},
    {SECPKG_ATTR_SESSION_KEY, session_key},
    {SECPKG_ATTR_PACKAGE_INFO, package_info},
    {SECPKG_ATTR_USER_FLAGS,
     [](const Query& q, ULONG a) {
       return Record{{"userFlags", q.get<SecPkgContext_UserFlags>(a).UserFlags}};
     }},
    {SECPKG_ATTR_NEGOTIATION_INFO, negotiation_info},
    {SECPKG_ATTR_NATIVE_NAMES, native_names},
    {SECPKG_ATTR_FLAGS,
     [](const Query& q, ULONG a) {
       return Record{{"flags", q.get<SecPkgContext_Flags>(a).Flags}};
     }},
    {SECPKG_ATTR_USE_VALIDATED,
     [](const Query& q, ULONG a) {
       return Record{{"useValidated", q.get<ULONG>(a) != 0}};
     }},
    {SECPKG_ATTR_CREDENTIAL_NAME, credential_name},
    {SECPKG_ATTR_TARGET_INFORMATION, target_information},
    {SECPKG_ATTR_ACCESS_TOKEN, access_token},
    {SECPKG_ATTR_TARGET, target},
    {SECPKG_ATTR_AUTHENTICATION_ID, authentication_id},
    {SECPKG_ATTR_LOGOFF_TIME, logoff_time},
    {SECPKG_ATTR_NEGO_KEYS, nego_keys},
    {SECPKG_ATTR_PROMPTING_NEEDED, prompting_needed},
    {SECPKG_ATTR_UNIQUE_BINDINGS, bindings},
    {SECPKG_ATTR_ENDPOINT_BINDINGS, bindings},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
     [](const Query& q, ULONG a) {
       return text<SecPkgContext_ClientSpecifiedTarget, &SecPkgContext_ClientSpecifiedTarget::sTargetName>(q, a, "targetName");
     }},
    {SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, last_client_token_status},
    {SECPKG_ATTR_NEGO_PKG_INFO,
     [](const Query& q, ULONG a) {
       return Record{{"packageMask", q.get<SecPkgContext_NegoPackageInfo>(a).PackageMask}};
     }},
    {SECPKG_ATTR_NEGO_STATUS,
     [](const Query& q, ULONG a) {
       return Record{{"lastStatus", q.get<SecPkgContext_NegoStatus>(a).LastStatus}};
     }},
    {SECPKG_ATTR_CONTEXT_DELETED,
     [](const Query& q, ULONG a) {
       return Record{{"contextDeleted", q.get<ULONG>(a) != 0}};
     }},
    {SECPKG_ATTR_DTLS_MTU, dtls_mtu},
    {SECPKG_ATTR_IS_LOOPBACK,
     [](const Query& q, ULONG a) {
       return Record{{"isLoopback", q.get<ULONG>(a) != 0}};
     }},
};

}  // namespace

Value::Record read_context_attribute(const AttributeQuery& query, ULONG attribute) {
  for (const auto& [known, read] : entries)
    if (known == attribute) return read(query, attribute);
  if (const auto read = schannel_attribute_reader(attribute)) return read(query, attribute);
  throw Refusal{SEC_E_UNSUPPORTED_FUNCTION, Fault::unknown_attribute};
}

namespace {

// No key, binding or certificate chain is as long: beyond it a length is no length.
constexpr std::size_t longest_value = 16 * 1024 * 1024;

void check_length(std::size_t length) {
  if (length > longest_value) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
}

}  // namespace

Bytes copy_of(const void* data, std::size_t length) {
  check_length(length);
  const auto* bytes = static_cast<const Byte*>(data);
  return bytes == nullptr ? Bytes() : Bytes(bytes, bytes + length);
}

SecretBytes take_secret(void* data, std::size_t length) {
  check_length(length);
  auto* bytes = static_cast<Byte*>(data);
  if (bytes == nullptr) return {};
  SecretBytes copy(bytes, bytes + length);
  SecureZeroMemory(data, length);
  return copy;
}

}  // namespace secur32
