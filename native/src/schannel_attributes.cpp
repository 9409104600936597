// Schannel's attributes. Source: Microsoft Learn, "QueryContextAttributes (Schannel)"; schannel.h.
#include <memory>

#include "attribute_query.hpp"
#include "certificate_api.hpp"
#include "package_info.hpp"

namespace secur32 {

namespace {

using Record = Value::Record;
using List = Value::List;
using Query = AttributeQuery;

// More entries than any TLS message has room for: beyond it a count is no count.
constexpr ULONG most_entries = 65536;

void check_count(ULONG count) {
  if (count > most_entries) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
}

Bytes encoding_of(const CERT_CONTEXT* certificate) { return copy_of(certificate->pbCertEncoded, certificate->cbCertEncoded); }

// The store of the certificate has what the peer sent with it.
Record certificate(const Query& query, ULONG attribute) {
  const CertificateApi crypt32;
  const UniqueCertificate leaf(query.get<const CERT_CONTEXT*>(attribute), {crypt32.CertFreeCertificateContext});
  if (!leaf) throw Refusal{SEC_E_NO_CREDENTIALS};
  const Bytes encoded = encoding_of(leaf.get());
  List chain;
  UniqueCertificate next(nullptr, {crypt32.CertFreeCertificateContext});
  while (leaf->hCertStore != nullptr &&
         (next.reset(crypt32.CertEnumCertificatesInStore(leaf->hCertStore, next.release())), next)) {
    Bytes other = encoding_of(next.get());
    if (other != encoded) chain.push_back(std::move(other));
  }
  return {{"certificate", encoded}, {"chain", std::move(chain)}};
}

// The names and the array of them are one block.
Record issuer_list(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_IssuerListInfoEx>(attribute);
  const auto issuers = query.own(found.aIssuers);
  check_count(found.cIssuers);
  List names;
  for (ULONG i = 0; issuers && i < found.cIssuers; i++)
    names.push_back(copy_of(issuers.get()[i].pbData, issuers.get()[i].cbData));
  return {{"issuers", std::move(names)}};
}

// SECPKG_ATTR_ISSUER_LIST: distinguished names one after the other, each with its length in front.
Record issuer_list_bytes(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_IssuerListInfo>(attribute);
  const auto list = query.own(found.pIssuerList);
  return {{"issuerList", copy_of(list.get(), found.cbIssuerList)}};
}

/// SecPkgContext_RemoteCredentialInfo and SecPkgContext_LocalCredentialInfo, which are alike.
template <typename T>
Record credential_info(const Query& query, ULONG attribute) {
  const auto found = query.get<T>(attribute);
  const auto chain = query.own(found.pbCertificateChain);
  return {{"certificateCount", found.cCertificates},
          {"certificateChain", copy_of(chain.get(), found.cbCertificateChain)},
          {"flags", found.fFlags},
          {"bits", found.dwBits}};
}

Record connection_info(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_ConnectionInfo>(attribute);
  return {{"protocol", found.dwProtocol},
          {"cipher", found.aiCipher},
          {"cipherStrength", found.dwCipherStrength},
          {"hash", found.aiHash},
          {"hashStrength", found.dwHashStrength},
          {"exchange", found.aiExch},
          {"exchangeStrength", found.dwExchStrength}};
}

Record connection_info_ex(const Query& query, ULONG attribute) {
  SecPkgContext_ConnectionInfoEx wanted{};
  wanted.dwVersion = SECPKGCONTEXT_CONNECTION_INFO_EX_V1;
  const auto found = query.get(attribute, wanted);
  return {{"protocol", found.dwProtocol},
          {"cipherName", text_in(found.szCipher)},
          {"cipherStrength", found.dwCipherStrength},
          {"hashName", text_in(found.szHash)},
          {"hashStrength", found.dwHashStrength},
          {"exchangeName", text_in(found.szExchange)},
          {"exchangeStrength", found.dwExchStrength}};
}

Record cipher_info(const Query& query, ULONG attribute) {
  SecPkgContext_CipherInfo wanted{};
  wanted.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
  const auto found = query.get(attribute, wanted);
  return {{"protocol", found.dwProtocol},
          {"cipherSuite", found.dwCipherSuite},
          {"baseCipherSuite", found.dwBaseCipherSuite},
          {"cipherSuiteName", text_in(found.szCipherSuite)},
          {"cipherName", text_in(found.szCipher)},
          {"cipherLength", found.dwCipherLen},
          {"cipherBlockLength", found.dwCipherBlockLen},
          {"hashName", text_in(found.szHash)},
          {"hashLength", found.dwHashLen},
          {"exchangeName", text_in(found.szExchange)},
          {"minExchangeLength", found.dwMinExchangeLen},
          {"maxExchangeLength", found.dwMaxExchangeLen},
          {"certificateName", text_in(found.szCertificate)},
          {"keyType", found.dwKeyType}};
}

Record eap_key_block(const Query& query, ULONG attribute) {
  auto found = query.get<SecPkgContext_EapKeyBlock>(attribute);
  return {{"keys", take_secret(found.rgbKeys, sizeof found.rgbKeys)}, {"ivs", take_secret(found.rgbIVs, sizeof found.rgbIVs)}};
}

Record session_info(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_SessionInfo>(attribute);
  if (found.cbSessionId > sizeof found.rgbSessionId) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  return {{"reconnected", (found.dwFlags & SSL_SESSION_RECONNECT) != 0},
          {"sessionId", copy_of(found.rgbSessionId, found.cbSessionId)}};
}

Record app_data(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_SessionAppData>(attribute);
  const auto data = query.own(found.pbAppData);
  return {{"appData", copy_of(data.get(), found.cbAppData)}};
}

Record remote_certificates(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_Certificates>(attribute);
  const auto chain = query.own(found.pbCertificateChain);
  return {{"certificateCount", found.cCertificates}, {"certificateChain", copy_of(chain.get(), found.cbCertificateChain)}};
}

Record local_cert_info(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_CertInfo>(attribute);
  const auto subject = query.own(found.pwszSubjectName);
  const auto issuer = query.own(found.pwszIssuerName);
  return {{"subjectName", text_of(subject.get())}, {"issuerName", text_of(issuer.get())}, {"keySize", found.dwKeySize}};
}

Record policy_result(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_ClientCertPolicyResult>(attribute);
  return {{"policyResult", static_cast<ULONG>(found.dwPolicyResult)}};
}

Record supported_signatures(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_SupportedSignatures>(attribute);
  const auto algorithms = query.own(found.pSignatureAndHashAlgorithms);
  List list;
  for (ULONG i = 0; algorithms && i < found.cSignatureAndHashAlgorithms; i++) list.push_back(algorithms.get()[i]);
  return {{"algorithms", std::move(list)}};
}

Record keying_material(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_KeyingMaterial>(attribute);
  const auto material = query.own(found.pbKeyingMaterial);
  return {{"keyingMaterial", take_secret(material.get(), found.cbKeyingMaterial)}};
}

Record srtp_parameters(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_SrtpParameters>(attribute);
  const auto identifier = query.own(found.MasterKeyIdentifier);
  return {{"protectionProfile", found.ProtectionProfile},
          {"masterKeyIdentifier", copy_of(identifier.get(), found.MasterKeyIdentifierSize)}};
}

Record token_binding(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_TokenBinding>(attribute);
  const auto parameters = query.own(found.KeyParameters);
  return {{"major", found.MajorVersion},
          {"minor", found.MinorVersion},
          {"keyParameters", copy_of(parameters.get(), found.KeyParametersSize)}};
}

Record application_protocol(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_ApplicationProtocol>(attribute);
  switch (found.ProtoNegoStatus) {
    case SecApplicationProtocolNegotiationStatus_Success:
      return {{"status", "success"}, {"protocolId", copy_of(found.ProtocolId, found.ProtocolIdSize)}};
    case SecApplicationProtocolNegotiationStatus_SelectedClientOnly:
      return {{"status", "selectedClientOnly"}, {"protocolId", Bytes()}};
    default:
      return {{"status", "none"}, {"protocolId", Bytes()}};
  }
}

Record negotiated_extensions(const Query& query, ULONG attribute) {
  const auto found = query.get<SecPkgContext_NegotiatedTlsExtensions>(attribute);
  const auto extensions = query.own(found.Extensions);
  check_count(found.ExtensionsCount);
  List list;
  for (ULONG i = 0; extensions && i < found.ExtensionsCount; i++) list.push_back(extensions.get()[i]);
  return {{"extensions", std::move(list)}};
}

constexpr AttributeEntry entries[] = {
    {SECPKG_ATTR_APPLICATION_PROTOCOL, application_protocol},
    {SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, negotiated_extensions},
    {SECPKG_ATTR_ISSUER_LIST, issuer_list_bytes},
    {SECPKG_ATTR_REMOTE_CRED, credential_info<SecPkgContext_RemoteCredentialInfo>},
    {SECPKG_ATTR_LOCAL_CRED, credential_info<SecPkgContext_LocalCredentialInfo>},
    {SECPKG_ATTR_REMOTE_CERT_CONTEXT, certificate},
    {SECPKG_ATTR_LOCAL_CERT_CONTEXT, certificate},
    {SECPKG_ATTR_REMOTE_CERT_CHAIN, certificate},
    {SECPKG_ATTR_ISSUER_LIST_EX, issuer_list},
    {SECPKG_ATTR_CONNECTION_INFO, connection_info},
    {SECPKG_ATTR_CONNECTION_INFO_EX, connection_info_ex},
    {SECPKG_ATTR_CIPHER_INFO, cipher_info},
    {SECPKG_ATTR_EAP_KEY_BLOCK, eap_key_block},
    {SECPKG_ATTR_SESSION_INFO, session_info},
    {SECPKG_ATTR_APP_DATA, app_data},
    {SECPKG_ATTR_REMOTE_CERTIFICATES, remote_certificates},
    {SECPKG_ATTR_LOCAL_CERT_INFO, local_cert_info},
    {SECPKG_ATTR_CC_POLICY_RESULT, policy_result},
    {SECPKG_ATTR_SUPPORTED_SIGNATURES, supported_signatures},
    {SECPKG_ATTR_KEYING_MATERIAL, keying_material},
    {SECPKG_ATTR_SRTP_PARAMETERS, srtp_parameters},
    {SECPKG_ATTR_TOKEN_BINDING, token_binding},
};

}  // namespace

AttributeReader schannel_attribute_reader(ULONG attribute) noexcept {
  for (const auto& [known, read] : entries)
    if (known == attribute) return read;
  return nullptr;
}

}  // namespace secur32
