#include "arguments.hpp"
#include "buffer_list.hpp"
#include "context_leg.hpp"
#include "functions.hpp"
#include "instance.hpp"

namespace secur32 {

namespace {

Napi::Value initialize_security_context(const Napi::CallbackInfo& info) { return start_leg(info, Side::client, false); }

Napi::Value accept_security_context(const Napi::CallbackInfo& info) { return start_leg(info, Side::server, false); }

Napi::Value create_context(const Napi::CallbackInfo& info) {
  auto& instance = Instance::of(info.Env());
  return make_handle_object(info.Env(), instance.make<Context>(instance.dispatcher));
}

Napi::Value give_up_context(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  context->give_up(context);
  return info.Env().Undefined();
}

struct ContextInput {
  std::shared_ptr<Context> context;
};

Reply run_nothing(ContextInput&) { return Reply::ok(); }

Napi::Value wait_for_turn(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  return start_in_turn(info.Env(), context, ContextInput{context}, run_nothing);
}

Reply run_delete(ContextInput& in) { return Reply::failure(in.context->close()); }

Napi::Value delete_security_context(const Napi::CallbackInfo& info) {
  const auto context = close_handle<Context>(info[0]);
  return start_in_turn(info.Env(), context, ContextInput{context}, run_delete);
}

struct TokenInput {
  std::shared_ptr<Context> context;
  InputBuffers buffers;
};

Reply run_complete(TokenInput& in) {
  Context::Use use(*in.context);
  const SECURITY_STATUS status = present(in.context->secur32->CompleteAuthToken)(use.existing(), in.buffers.describe());
  if (status == SEC_E_OK) use.complete();
  return Reply::failure(status);
}

Reply run_apply(TokenInput& in) {
  Context::Use use(*in.context);
  return Reply::failure(present(in.context->secur32->ApplyControlToken)(use.existing(), in.buffers.describe()));
}

template <Reply (*Run)(TokenInput&)>
Napi::Value with_token(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  return start_in_turn(info.Env(), context, TokenInput{context, InputBuffers(info[1].As<Napi::Array>())}, Run);
}

}  // namespace

void export_context_functions(Napi::Object exports) {
  export_function<create_context>(exports, "createContext");
  export_function<initialize_security_context>(exports, "initializeSecurityContext");
  export_function<accept_security_context>(exports, "acceptSecurityContext");
  export_function<with_token<run_complete>>(exports, "completeAuthToken");
  export_function<with_token<run_apply>>(exports, "applyControlToken");
  export_function<delete_security_context>(exports, "deleteSecurityContext");
  export_function<give_up_context>(exports, "giveUpContext");
  export_function<wait_for_turn>(exports, "waitForTurn");
}

}  // namespace secur32
