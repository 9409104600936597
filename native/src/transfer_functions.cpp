// Contexts that go from one process of this machine to another.
#include "arguments.hpp"
#include "attribute_query.hpp"
#include "functions.hpp"
#include "handle_reply.hpp"
#include "instance.hpp"
#include "package_info.hpp"

namespace secur32 {

namespace {

// A packed context is a few kilobytes: beyond it a length is no length.
constexpr ULONG longest_context = 16 * 1024 * 1024;

/// The token that goes with an exported context.
struct Token {
  static constexpr napi_type_tag type_tag = {0x5c1f2a7be7764e0a, 0x9d25c8a3b1e64f03};
  static constexpr const char* name = "TokenHandle";

  UniqueKernelHandle handle;
};

struct ExportInput {
  std::shared_ptr<Context> context;
  ULONG flags;
};

// A context of Negotiate is imported by the package that Negotiate chose.
WideString package_of(const Context::Use& use, const Secur32Api& secur32) {
  const AttributeQuery query(secur32, secur32.QueryContextAttributesW, use.existing());
  try {
    const auto info = query.own(query.get<SecPkgContext_PackageInfoW>(SECPKG_ATTR_PACKAGE_INFO).PackageInfo);
    if (info) return text_of(info->Name);
  } catch (const Refusal&) {
    // A package without this attribute is nobody else's inner package.
  }
  return use.package().name;
}

HandleReply<Token> run_export(ExportInput& in) {
  Context::Use use(*in.context);
  const auto& secur32 = *in.context->secur32;
  WideString package = package_of(use, secur32);
  SecBuffer packed{0, SECBUFFER_EMPTY, nullptr};
  HANDLE token = nullptr;
  require(present(secur32.ExportSecurityContext)(use.established(), in.flags, &packed, &token));
  const auto exported = std::make_shared<Token>(Token{UniqueKernelHandle(token)});
  const UniqueContextBuffer memory(secur32, static_cast<Byte*>(packed.pvBuffer));
  if ((in.flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) != 0) use.forget();
  if (packed.cbBuffer > longest_context || !memory) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  auto reply = Reply::ok({{"package", std::move(package)}, {"packed", take_secret(memory.get(), packed.cbBuffer)}});
  return {std::move(reply), "token", token == nullptr ? nullptr : exported};
}

Napi::Value export_security_context(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  return start_in_turn(info.Env(), context, ExportInput{context, to_ulong(info[1])}, run_export);
}

struct ImportInput {
  std::shared_ptr<Context> context;
  WideString package;
  SecretBytes packed;
  std::shared_ptr<Token> token;
};

HandleReply<Context> run_import(ImportInput& in) {
  const auto& secur32 = *in.context->secur32;
  Context::Use use(*in.context);
  Package package = query_package(secur32, in.package);
  SecBuffer packed{static_cast<ULONG>(in.packed.size()), SECBUFFER_EMPTY, in.packed.data()};
  CtxtHandle handle = no_context();
  require(
      present(secur32.ImportSecurityContextW)(in.package.data(), &packed, in.token ? in.token->handle.get() : nullptr, &handle));
  use.adopt(handle, std::move(package));
  return {Reply::ok(), "context", in.context};
}

Napi::Value import_security_context(const Napi::CallbackInfo& info) {
  auto& instance = Instance::of(info.Env());
  const auto exported = object_argument(info, 0);
  const auto view = to_bytes(exported.Get("packed"));
  ImportInput in{instance.make<Context>(instance.dispatcher),
                 to_text(exported.Get("package")),
                 SecretBytes(view.data, view.data + view.length),
                 {}};
  if (const auto token = member(exported, "token")) in.token = unwrap_handle<Token>(*token);
  return start(info.Env(), std::move(in), run_import);
}

}  // namespace

void export_transfer_functions(Napi::Object exports) {
  export_function<export_security_context>(exports, "exportSecurityContext");
  export_function<import_security_context>(exports, "importSecurityContext");
}

}  // namespace secur32
