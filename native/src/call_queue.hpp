#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "call.hpp"
#include "dispatcher.hpp"

namespace secur32 {

/// Runs the calls of one object one after the other, in the order they came. Main thread only.
class CallQueue {
 public:
  class Occupation;

  explicit CallQueue(std::shared_ptr<Dispatcher> dispatcher) : dispatcher_(std::move(dispatcher)) {}

  /// Runs a call after those that came before it. `owner` is the object that has this queue: it lives until the call is settled.
  void run(std::unique_ptr<Call> call, std::shared_ptr<void> owner);

  bool busy() const noexcept { return running_; }

  const std::shared_ptr<WorkQueue>& work() const noexcept { return dispatcher_->work(); }

  /// The call that runs is given up: nobody waits for it, neither Node nor the calls behind it.
  void give_up(const std::shared_ptr<void>& owner);

 private:
  class Turn;

  void start(std::unique_ptr<Call> call, std::shared_ptr<void> owner);
  void go_on(std::shared_ptr<void> owner);

  std::shared_ptr<Dispatcher> dispatcher_;
  std::deque<std::unique_ptr<Call>> waiting_;
  Dispatcher::Ticket ticket_ = 0;
  bool running_ = false;
  bool given_up_ = false;
};

/// A call that runs on the main thread itself, as long as this lives. Only while no other is running.
class CallQueue::Occupation {
 public:
  Occupation(CallQueue& queue, std::shared_ptr<void> owner) noexcept;
  ~Occupation();
  Occupation(const Occupation&) = delete;
  Occupation& operator=(const Occupation&) = delete;

 private:
  std::shared_ptr<void> owner_;
  CallQueue& queue_;
};

}  // namespace secur32
