#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace secur32 {

/// A piece of work that runs once and may own what it works on: a std::function that can be moved only.
class Task {
 public:
  Task() noexcept = default;

  template <typename Work>
  requires(!std::is_same_v<std::decay_t<Work>, Task>) Task(Work&& work)
      : body_(std::make_unique<Holder<std::decay_t<Work>>>(std::forward<Work>(work))) {}

  void operator()() { body_->run(); }

 private:
  struct Body {
    virtual ~Body() = default;
    virtual void run() = 0;
  };

  template <typename Work>
  struct Holder final : Body {
    explicit Holder(Work given) : work(std::move(given)) {}
    void run() override { work(); }
    Work work;
  };

  std::unique_ptr<Body> body_;
};

}  // namespace secur32
