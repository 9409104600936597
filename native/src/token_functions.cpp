#include "arguments.hpp"
#include "client_token.hpp"
#include "functions.hpp"
#include "instance.hpp"
#include "security_token.hpp"

namespace secur32 {

namespace {

struct QueryInput {
  std::shared_ptr<Context> context;
};

Reply run_query(QueryInput& in) {
  const Context::Use use(*in.context);
  HANDLE token = nullptr;
  require(present(in.context->secur32->QuerySecurityContextToken)(use.established(), &token));
  const UniqueKernelHandle owned(token);
  if (!owned) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  return Reply::ok({{"token", describe_token(token)}});
}

Napi::Value query_security_context_token(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  return start_in_turn(info.Env(), context, QueryInput{context}, run_query);
}

/// Runs the main thread as the client of a context for as long as it lives.
class Impersonation {
 public:
  Impersonation(Instance& instance, const Secur32Api& secur32, PCtxtHandle context)
      : instance_(instance), secur32_(secur32), context_(context) {
    if (instance.impersonating || runs_as_client()) throw Refusal{SEC_E_NO_IMPERSONATION, Fault::already_impersonating};
    present(secur32.RevertSecurityContext);
    require(present(secur32.ImpersonateSecurityContext)(context));
    instance.impersonating = true;
  }

  // What comes after must not run as the client: where there is no way back, the process ends.
  ~Impersonation() {
    instance_.impersonating = false;
    secur32_.RevertSecurityContext(context_);
    be_yourself_or_die();
  }

  Impersonation(const Impersonation&) = delete;
  Impersonation& operator=(const Impersonation&) = delete;

 private:
  Instance& instance_;
  const Secur32Api& secur32_;
  PCtxtHandle context_;
};

/// impersonate(context, fn): a reply with what fn returned. What fn throws is thrown on.
Napi::Value impersonate(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  if (context->queue.busy()) throw Refusal{SEC_E_OUT_OF_SEQUENCE, Fault::busy};
  // Calls of the context that fn starts come after it.
  const CallQueue::Occupation turn(context->queue, context);
  const Context::Use use(*context);
  const PCtxtHandle handle = use.established();
  Napi::Value result;
  {
    const Impersonation impersonation(Instance::of(info.Env()), *context->secur32, handle);
    // Success must mean that somebody was impersonated.
    if (!runs_as_client()) throw Refusal{SEC_E_NO_IMPERSONATION, Fault::client_token_unavailable};
    result = info[1].As<Napi::Function>().Call({});
  }
  auto reply = Reply::ok().to_js(info.Env()).As<Napi::Object>();
  reply.Set("result", result);
  return reply;
}

}  // namespace

void export_token_functions(Napi::Object exports) {
  export_function<query_security_context_token>(exports, "querySecurityContextToken");
  export_function<impersonate>(exports, "impersonate");
}

}  // namespace secur32
