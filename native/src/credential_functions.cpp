#include "arguments.hpp"
#include "auth_data.hpp"
#include "client_token.hpp"
#include "functions.hpp"
#include "handle_reply.hpp"
#include "instance.hpp"

namespace secur32 {

namespace {

struct AcquireInput {
  std::shared_ptr<WorkQueue> work;
  Secur32 secur32;
  AcquireCall call;
  UniqueKernelHandle client;
};

HandleReply<Credential> run_acquire(AcquireInput& in) {
  const AsClient as_client(in.client);
  const auto credential =
      std::shared_ptr<Credential>(std::make_unique<Credential>(in.secur32, query_package(*in.secur32, in.call.package)).release(),
                                  DeleteOnWorkThread<Credential>{in.work});
  const TimeStamp expiry = acquire(in.call, *credential);
  return {Reply::ok({{"expiry", Timestamp::from_local(expiry)}}), "credential", credential};
}

Napi::Value acquire_credentials_handle(const Napi::CallbackInfo& info) {
  const auto& instance = Instance::of(info.Env());
  return start(info.Env(),
               AcquireInput{instance.dispatcher->work(), instance.secur32, read_acquire_call(object_argument(info, 0)),
                            instance.impersonating ? current_client_token() : nullptr},
               run_acquire);
}

struct FreeInput {
  std::shared_ptr<Credential> credential;
};

// Contexts that came from the credential keep it; the last of them frees it.
Reply run_free(FreeInput& in) {
  if (in.credential.use_count() != 1) return Reply::ok();
  return Reply::failure(in.credential->handle.reset());
}

Napi::Value free_credentials_handle(const Napi::CallbackInfo& info) {
  return start(info.Env(), FreeInput{close_handle<Credential>(info[0])}, run_free);
}

}  // namespace

void export_credential_functions(Napi::Object exports) {
  export_function<acquire_credentials_handle>(exports, "acquireCredentialsHandle");
  export_function<free_credentials_handle>(exports, "freeCredentialsHandle");
}

}  // namespace secur32
