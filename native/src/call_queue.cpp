#include "call_queue.hpp"

namespace secur32 {

class CallQueue::Turn final : public Call {
 public:
  Turn(CallQueue& queue, std::unique_ptr<Call> call, std::shared_ptr<void> owner)
      : owner_(std::move(owner)), queue_(queue), call_(std::move(call)) {}

  // The environment has ended, and with it the main thread: nobody starts the calls behind this one any more. They share the
  // owner, so that it would never end either. After a call that was given up none wait, and those that would have run at the
  // same time: several of them may end here at once.
  ~Turn() override {
    if (ran_ && !settled_ && !queue_.given_up_) const auto abandoned = std::exchange(queue_.waiting_, {});
  }

  void run() noexcept override {
    ran_ = true;
    call_->run();
  }

  void settle(Napi::Env env) override {
    settled_ = true;
    const Occupation until_settled(queue_, owner_);
    call_->settle(env);
  }

 private:
  std::shared_ptr<void> owner_;
  CallQueue& queue_;
  std::unique_ptr<Call> call_;
  bool ran_ = false;
  bool settled_ = false;
};

void CallQueue::run(std::unique_ptr<Call> call, std::shared_ptr<void> owner) {
  if (running_ && !given_up_) waiting_.push_back(std::move(call));
  else start(std::move(call), std::move(owner));
}

void CallQueue::give_up(const std::shared_ptr<void>& owner) {
  if (!running_ || given_up_) return;
  given_up_ = true;
  dispatcher_->let_go(ticket_);
  for (auto& call : std::exchange(waiting_, {})) start(std::move(call), owner);
}

void CallQueue::start(std::unique_ptr<Call> call, std::shared_ptr<void> owner) {
  ticket_ = dispatcher_->start(std::make_unique<Turn>(*this, std::move(call), std::move(owner)));
  running_ = true;
}

void CallQueue::go_on(std::shared_ptr<void> owner) {
  running_ = false;
  if (waiting_.empty()) return;
  auto next = std::move(waiting_.front());
  waiting_.pop_front();
  start(std::move(next), std::move(owner));
}

CallQueue::Occupation::Occupation(CallQueue& queue, std::shared_ptr<void> owner) noexcept
    : owner_(std::move(owner)), queue_(queue) {
  queue_.running_ = true;
}

CallQueue::Occupation::~Occupation() {
  try {
    queue_.go_on(owner_);
  } catch (...) {
    // No memory to start the next call: it is gone, and those behind it wait for the next that comes.
  }
}

}  // namespace secur32
