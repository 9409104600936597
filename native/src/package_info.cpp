#include "package_info.hpp"

#include "unique_handles.hpp"

namespace secur32 {

Package query_package(const Secur32Api& secur32, const WideString& name) {
  SecPkgInfoW* found = nullptr;
  require(secur32.QuerySecurityPackageInfoW(const_cast<WCHAR*>(name.c_str()), &found));
  const UniqueContextBuffer info(secur32, found);
  if (!info) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  return {text_of(info->Name), info->cbMaxToken, info->wRPCID};
}

Value::Record describe(const SecPkgInfoW* info) {
  if (info == nullptr) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  return {
      {"name", text_of(info->Name)},
      {"comment", text_of(info->Comment)},
      {"capabilities", info->fCapabilities},
      {"version", info->wVersion},
      {"rpcId", info->wRPCID},
      {"maxToken", info->cbMaxToken},
  };
}

Reply describe_package(const Secur32Api& secur32, SecPkgInfoW* found) {
  const UniqueContextBuffer package(secur32, found);
  return Reply::ok({{"package", describe(package.get())}});
}

WideString text_of(const WCHAR* text) { return text == nullptr ? WideString() : WideString(text); }

}  // namespace secur32
