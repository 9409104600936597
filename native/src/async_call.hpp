#pragma once

#include <optional>
#include <utility>

#include "call.hpp"
#include "reply.hpp"

namespace secur32 {

/// A call with a promise: takes its input on the main thread, turns it into an output on a work thread, and settles the
/// promise on the main thread again. The input is destroyed on the work thread, as releasing what it holds may take a call too.
template <typename In, typename Out>
class AsyncCall final : public Call {
 public:
  using Work = Out (*)(In&);

  AsyncCall(Napi::Env env, In in, Work work) : deferred_(env), in_(std::move(in)), work_(work) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

  void run() noexcept override {
    out_ = guarded<Out>([this] { return work_(*in_); });
    in_.reset();
  }

  void settle(Napi::Env env) override {
    const Napi::HandleScope scope(env);
    try {
      deferred_.Resolve(out_.to_js(env));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

 private:
  Napi::Promise::Deferred deferred_;
  std::optional<In> in_;
  Work work_;
  Out out_;
};

}  // namespace secur32
