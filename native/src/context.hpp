#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "call_queue.hpp"
#include "credential.hpp"
#include "monitor.hpp"
#include "napi_api.hpp"
#include "refusal.hpp"
#include "unique_handles.hpp"

namespace secur32 {

/// Which of the context functions make and drive a context.
enum class Side { client, server };

/// A security context, from before its first leg on. Its calls run one at a time: the queue sees to that on the main thread,
/// and whoever touches the handle does so through a Use.
class Context {
 public:
  static constexpr napi_type_tag type_tag = {0x5c1f2a7be7764e0a, 0x9d25c8a3b1e64f02};
  static constexpr const char* name = "CtxtHandle";

  class Use;

  Context(Secur32 functions, std::shared_ptr<Dispatcher> dispatcher)
      : secur32(functions), queue(std::move(dispatcher)), handle_(std::move(functions)) {}

  const Secur32 secur32;
  /// Main thread.
  CallQueue queue;

  /// Gives up the call that runs; all that is left to do is to delete the context. Main thread.
  void give_up(const std::shared_ptr<Context>& self);

  /// Deletes the context. A call that was given up and still runs does so at its end.
  SECURITY_STATUS close() noexcept;

 private:
  enum class State { half_open, established, failed };

  SECURITY_STATUS close_handle() noexcept;

  Mutex mutex_;
  bool in_use_ = false;
  bool given_up_ = false;

  // What follows belongs to the Use there is.
  State state_ = State::half_open;
  Side side_ = Side::client;
  Package package_;
  /// All that the context was made with, the newest last: a credential is freed after the contexts that came from it.
  std::vector<std::shared_ptr<Credential>> credentials_;
  UniqueCtxtHandle handle_;
};

/// The right to use a context, for as long as this lives. Throws a Refusal where the context was given up.
class Context::Use {
 public:
  explicit Use(Context& context);
  ~Use();
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  /// Before a leg. Throws a Refusal where there can be none: an earlier one failed, or the other side's function is called.
  void begin_leg(Side side, const std::shared_ptr<Credential>& credential);
  /// After a leg: takes in where it put the context.
  void end_leg(SECURITY_STATUS status, const CtxtHandle& handle) noexcept;
  /// After a context was imported.
  void adopt(const CtxtHandle& handle, Package package) noexcept;
  /// After a leg whose answer cannot be used.
  void fail() noexcept { context_.state_ = State::failed; }
  /// After CompleteAuthToken.
  void complete() noexcept { context_.state_ = State::established; }
  /// After a call that deleted the context.
  void forget() noexcept;

  const Package& package() const noexcept { return context_.package_; }
  /// The newest credential. Only between begin_leg and end_leg.
  PCredHandle credential() const noexcept;
  /// Null before a leg has made a context.
  PCtxtHandle handle() const noexcept { return context_.handle_.get(); }
  /// For what any context has, also a failed one: attributes and control tokens. Throws a Refusal where there is none yet.
  PCtxtHandle existing() const;
  /// For what only an established context has: messages and tokens. Throws a Refusal before it is.
  PCtxtHandle established() const;

 private:
  Context& context_;
};

/// What a context handle holds before a call puts a context there.
CtxtHandle no_context() noexcept;

}  // namespace secur32
