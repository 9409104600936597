// The attributes of credentials. Source: Microsoft Learn, "QueryCredentialsAttributes"; sspi.h, schannel.h.
#include "attribute_query.hpp"
#include "package_info.hpp"

namespace secur32 {

namespace {

using Record = Value::Record;
using Query = AttributeQuery;

// More algorithms than there are.
constexpr ULONG most_algorithms = 65536;

Record names(const Query& query, ULONG attribute) {
  const auto user = query.own(query.get<SecPkgCredentials_NamesW>(attribute).sUserName);
  return {{"userName", text_of(user.get())}};
}

Record ssi_provider(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgCredentials_SSIProviderW>(attribute);
  const auto name = query.own(found.sProviderName);
  const auto info = query.own(found.ProviderInfo);
  return {{"providerName", text_of(name.get())}, {"providerInfo", copy_of(info.get(), found.ProviderInfoLength)}};
}

Record cert(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgCredentials_Cert>(attribute);
  const auto thumbprint = query.own(found.EncodedCert);
  return {{"thumbprint", copy_of(thumbprint.get(), found.EncodedCertSize)}};
}

Record supported_algs(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgCred_SupportedAlgs>(attribute);
  const auto algorithms = query.own(found.palgSupportedAlgs);
  if (found.cSupportedAlgs > most_algorithms) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  Value::List list;
  for (ULONG i = 0; algorithms && i < found.cSupportedAlgs; i++) list.push_back(algorithms.get()[i]);
  return {{"algorithms", std::move(list)}};
}

Record cipher_strengths(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgCred_CipherStrengths>(attribute);
  return {{"minimum", found.dwMinimumCipherStrength}, {"maximum", found.dwMaximumCipherStrength}};
}

Record supported_protocols(const Query& query, ULONG attribute) {
  return {{"protocols", query.get<SecPkgCred_SupportedProtocols>(attribute).grbitProtocol}};
}

constexpr AttributeEntry entries[] = {
    {SECPKG_CRED_ATTR_NAMES, names},
    {SECPKG_CRED_ATTR_SSI_PROVIDER, ssi_provider},
    {SECPKG_CRED_ATTR_CERT, cert},
    {SECPKG_ATTR_SUPPORTED_ALGS, supported_algs},
    {SECPKG_ATTR_CIPHER_STRENGTHS, cipher_strengths},
    {SECPKG_ATTR_SUPPORTED_PROTOCOLS, supported_protocols},
};

}  // namespace

Value::Record read_credential_attribute(const AttributeQuery& query, ULONG attribute) {
  for (const auto& [known, read] : entries)
    if (known == attribute) return read(query, attribute);
  throw Refusal{SEC_E_UNSUPPORTED_FUNCTION, Fault::unknown_attribute};
}

}  // namespace secur32
