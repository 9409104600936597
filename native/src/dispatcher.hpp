#pragma once

#include <cstdint>
#include <memory>
#include <unordered_set>

#include "call.hpp"
#include "monitor.hpp"
#include "napi_api.hpp"
#include "work_queue.hpp"

namespace secur32 {

/// Sends the calls of one Node environment to the work threads and settles them on its main thread.
/// Node stays alive while a call is running that somebody waits for, and no longer.
class Dispatcher : public std::enable_shared_from_this<Dispatcher> {
 public:
  using Ticket = std::uint64_t;

  explicit Dispatcher(Napi::Env env);

  /// Main thread: runs a call on a work thread and settles it here.
  Ticket start(std::unique_ptr<Call> call);

  /// Main thread: nobody waits for this call any more. It runs on, but does not keep Node alive.
  void let_go(Ticket ticket);

  /// Main thread, as the environment ends: nothing is settled from here on, and what runs ends by itself.
  void close();

  const std::shared_ptr<WorkQueue>& work() const noexcept { return work_; }

 private:
  struct Flight;

  static void settle(napi_env env, napi_value, void* dispatcher, void* flight) noexcept;

  /// Work thread.
  void deliver(std::unique_ptr<Flight> flight) noexcept;

  const napi_env env_;
  const std::shared_ptr<WorkQueue> work_ = std::make_shared<WorkQueue>();
  Ticket last_ticket_ = 0;
  std::unordered_set<Ticket> awaited_;

  Mutex mutex_;
  /// Null once the environment ends; guarded by the mutex, as work threads use it.
  napi_threadsafe_function channel_ = nullptr;
};

}  // namespace secur32
