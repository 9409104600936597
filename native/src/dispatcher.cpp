#include "dispatcher.hpp"

#include <utility>

namespace secur32 {

struct Dispatcher::Flight {
  Ticket ticket;
  std::unique_ptr<Call> call;
};

Dispatcher::Dispatcher(Napi::Env env) : env_(env) {
  constexpr std::size_t unbounded = 0;
  constexpr std::size_t one_owner = 1;
  const auto name = Napi::String::New(env, "secur32");
  NAPI_THROW_IF_FAILED_VOID(env, napi_create_threadsafe_function(env, nullptr, nullptr, name, unbounded, one_owner, nullptr,
                                                                 nullptr, this, &Dispatcher::settle, &channel_));
  NAPI_THROW_IF_FAILED_VOID(env, napi_unref_threadsafe_function(env, channel_));
}

Dispatcher::Ticket Dispatcher::start(std::unique_ptr<Call> call) {
  const Ticket ticket = ++last_ticket_;
  auto flight = std::make_unique<Flight>(Flight{ticket, std::move(call)});
  awaited_.insert(ticket);
  if (awaited_.size() == 1) napi_ref_threadsafe_function(env_, channel_);
  work_->post([self = shared_from_this(), flight = std::move(flight)]() mutable {
    flight->call->run();
    self->deliver(std::move(flight));
  });
  return ticket;
}

void Dispatcher::let_go(Ticket ticket) {
  if (awaited_.erase(ticket) != 0 && awaited_.empty()) napi_unref_threadsafe_function(env_, channel_);
}

void Dispatcher::close() {
  const std::lock_guard lock(mutex_);
  napi_release_threadsafe_function(std::exchange(channel_, nullptr), napi_tsfn_abort);
}

void Dispatcher::deliver(std::unique_ptr<Flight> flight) noexcept {
  const std::lock_guard lock(mutex_);
  if (channel_ == nullptr) return;
  if (napi_call_threadsafe_function(channel_, flight.get(), napi_tsfn_nonblocking) == napi_ok) flight.release();
}

void Dispatcher::settle(napi_env env, napi_value, void* dispatcher, void* data) noexcept {
  const std::unique_ptr<Flight> flight(static_cast<Flight*>(data));
  // Null: the environment ended with this flight under way.
  if (env == nullptr) return;
  static_cast<Dispatcher*>(dispatcher)->let_go(flight->ticket);
  try {
    flight->call->settle(env);
  } catch (...) {
    // The environment is ending: there is nobody to tell.
  }
}

}  // namespace secur32
