#include "attribute_setting.hpp"

#include <cstring>

#include "arguments.hpp"
#include "refusal.hpp"

namespace secur32 {

namespace {

constexpr Refusal not_settable{SEC_E_UNSUPPORTED_FUNCTION, Fault::unknown_attribute};

WORD to_word(std::size_t length) {
  if (length > 0xffff) throw Refusal{SEC_E_INVALID_PARAMETER};
  return static_cast<WORD>(length);
}

}  // namespace

AttributeSetting::AttributeSetting(ULONG attribute, const Napi::Object& value)
    : attribute_(attribute), number_(ulong_member(value, "number")) {
  if (const auto text = member(value, "text")) text_ = to_text(*text);
  if (const auto label = member(value, "label")) label_ = label->As<Napi::String>().Utf8Value();
  if (const auto bytes = member(value, "bytes")) {
    const auto view = to_bytes(*bytes);
    bytes_.assign(view.data, view.data + view.length);
  }
}

// Source: Microsoft Learn, "SetContextAttributes (Schannel)"; schannel.h.
SECURITY_STATUS AttributeSetting::set_of_context(Function function, PCtxtHandle context) {
  function_ = present(function);
  handle_ = context;
  const auto size = static_cast<DWORD>(bytes_.size());
  switch (attribute_) {
    case SECPKG_ATTR_APP_DATA:
      return set(SecPkgContext_SessionAppData{0, size, bytes_.data()});
    case SECPKG_ATTR_EAP_PRF_INFO:
      return set(SecPkgContext_EapPrfInfo{0, size, bytes_.data()});
    case SECPKG_ATTR_EARLY_START:
      return set(SecPkgContext_EarlyStart{number_});
    case SECPKG_ATTR_DTLS_MTU:
      return set(SEC_DTLS_MTU{to_word(number_)});
    case SECPKG_ATTR_KEYING_MATERIAL_INFO:
      // The label's length counts its NUL.
      return set(SecPkgContext_KeyingMaterialInfo{to_word(label_.size() + 1), label_.data(), to_word(bytes_.size()),
                                                  bytes_.empty() ? nullptr : bytes_.data(), number_});
    default:
      throw not_settable;
  }
}

// Source: Microsoft Learn, "SetCredentialsAttributes"; sspi.h.
SECURITY_STATUS AttributeSetting::set_of_credential(Function function, PCredHandle credential) {
  function_ = present(function);
  handle_ = credential;
  switch (attribute_) {
    case SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS:
      return set_kdc_proxy();
    case SECPKG_CRED_ATTR_CERT:
      return set(SecPkgCredentials_Cert{static_cast<ULONG>(bytes_.size()), bytes_.data()});
    default:
      throw not_settable;
  }
}

template <typename T>
SECURITY_STATUS AttributeSetting::set(T structure) {
  return function_(handle_, attribute_, &structure, sizeof structure);
}

// The name of the proxy follows the structure, which says where; its length is in bytes.
SECURITY_STATUS AttributeSetting::set_kdc_proxy() {
  const std::size_t name_size = text_.size() * sizeof(WCHAR);
  SecPkgCredentials_KdcProxySettingsW settings{};
  settings.Version = KDC_PROXY_SETTINGS_V1;
  settings.Flags = number_;
  settings.ProxyServerOffset = sizeof settings;
  settings.ProxyServerLength = to_word(name_size);
  Bytes memory(sizeof settings + name_size);
  std::memcpy(memory.data(), &settings, sizeof settings);
  std::memcpy(memory.data() + sizeof settings, text_.data(), name_size);
  return function_(handle_, attribute_, memory.data(), static_cast<ULONG>(memory.size()));
}

}  // namespace secur32
