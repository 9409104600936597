#include "arguments.hpp"
#include "functions.hpp"
#include "instance.hpp"
#include "package_info.hpp"

namespace secur32 {

namespace {

// More packages than any Windows has: beyond it the count is no count.
constexpr ULONG most_packages = 1024;

struct EnumerateInput {
  Secur32 secur32;
};

Reply run_enumerate(EnumerateInput& in) {
  ULONG count = 0;
  SecPkgInfoW* found = nullptr;
  require(in.secur32->EnumerateSecurityPackagesW(&count, &found));
  const UniqueContextBuffer packages(*in.secur32, found);
  if (count > most_packages || (count != 0 && !packages)) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  Value::List list;
  for (ULONG i = 0; i < count; i++) list.push_back(describe(packages.get() + i));
  return Reply::ok({{"packages", std::move(list)}});
}

Napi::Value enumerate_security_packages(const Napi::CallbackInfo& info) {
  return start(info.Env(), EnumerateInput{Instance::of(info.Env()).secur32}, run_enumerate);
}

struct QueryInput {
  Secur32 secur32;
  WideString name;
};

Reply run_query(QueryInput& in) {
  SecPkgInfoW* found = nullptr;
  require(in.secur32->QuerySecurityPackageInfoW(in.name.data(), &found));
  return describe_package(*in.secur32, found);
}

Napi::Value query_security_package_info(const Napi::CallbackInfo& info) {
  return start(info.Env(), QueryInput{Instance::of(info.Env()).secur32, to_text(info[0])}, run_query);
}

}  // namespace

void export_package_functions(Napi::Object exports) {
  export_function<enumerate_security_packages>(exports, "enumerateSecurityPackages");
  export_function<query_security_package_info>(exports, "querySecurityPackageInfo");
}

}  // namespace secur32
