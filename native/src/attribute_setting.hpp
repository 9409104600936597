#pragma once

#include <string>

#include "bytes.hpp"
#include "napi_api.hpp"
#include "secur32_api.hpp"

namespace secur32 {

/// A value for SetContextAttributes or SetCredentialsAttributes: a number, a text or bytes, as the attribute needs.
class AttributeSetting {
 public:
  using Function = decltype(Secur32Api::SetContextAttributesW);

  /// { number?, text?, label?, bytes? }
  AttributeSetting(ULONG attribute, const Napi::Object& value);

  /// Sets the attribute. Throws a Refusal for one that cannot be set.
  SECURITY_STATUS set_of_context(Function function, PCtxtHandle context);
  SECURITY_STATUS set_of_credential(Function function, PCredHandle credential);

 private:
  template <typename T>
  SECURITY_STATUS set(T structure);
  SECURITY_STATUS set_kdc_proxy();

  ULONG attribute_;
  ULONG number_;
  WideString text_;
  std::string label_;
  SecretBytes bytes_;

  Function function_ = nullptr;
  SecHandle* handle_ = nullptr;
};

}  // namespace secur32
