#pragma once

#include <memory>

#include "async_call.hpp"
#include "context.hpp"
#include "dispatcher.hpp"
#include "handle_object.hpp"
#include "napi_api.hpp"
#include "secur32_api.hpp"

namespace secur32 {

/// What one Node environment (the main thread, or a worker) has of the addon. There is nothing that environments share.
struct Instance {
  explicit Instance(Napi::Env env);

  static Instance& of(Napi::Env env) { return *env.GetInstanceData<Instance>(); }

  /// Makes an object that is deleted on a work thread.
  template <typename T, typename... Arguments>
  std::shared_ptr<T> make(Arguments&&... arguments) {
    auto object = std::make_unique<T>(secur32, std::forward<Arguments>(arguments)...);
    return std::shared_ptr<T>(object.release(), DeleteOnWorkThread<T>{dispatcher->work()});
  }

  const Secur32 secur32 = std::make_shared<const Secur32Api>();
  const std::shared_ptr<Dispatcher> dispatcher;
  /// The main thread runs as a client.
  bool impersonating = false;
};

/// Runs work on a work thread; the promise is for its outcome.
template <typename In, typename Out>
Napi::Promise start(Napi::Env env, In in, Out (*work)(In&)) {
  auto call = std::make_unique<AsyncCall<In, Out>>(env, std::move(in), work);
  const auto promise = call->promise();
  Instance::of(env).dispatcher->start(std::move(call));
  return promise;
}

/// Runs work after the calls of a context that came before it.
template <typename In, typename Out>
Napi::Promise start_in_turn(Napi::Env env, const std::shared_ptr<Context>& context, In in, Out (*work)(In&)) {
  auto call = std::make_unique<AsyncCall<In, Out>>(env, std::move(in), work);
  const auto promise = call->promise();
  context->queue.run(std::move(call), context);
  return promise;
}

/// A function of the addon. A Refusal becomes its reply.
template <Napi::Value (*Function)(const Napi::CallbackInfo&)>
Napi::Value answer(const Napi::CallbackInfo& info) {
  try {
    return Function(info);
  } catch (const Refusal& refusal) {
    const auto deferred = Napi::Promise::Deferred::New(info.Env());
    deferred.Resolve(Reply::failure(refusal.status, refusal.fault).to_js(info.Env()));
    return deferred.Promise();
  }
}

/// Adds a function to the addon's exports under its name.
template <Napi::Value (*Function)(const Napi::CallbackInfo&)>
void export_function(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<answer<Function>>(exports.Env(), name));
}

}  // namespace secur32
