#include "context.hpp"

#include <algorithm>

namespace secur32 {

namespace {

constexpr Refusal failed{SEC_E_INVALID_HANDLE, Fault::failed_context};

constexpr ULONG_PTR invalid_half = ~ULONG_PTR{0};

bool is_set(const CtxtHandle& handle) noexcept {
  const bool invalidated = handle.dwLower == invalid_half && handle.dwUpper == invalid_half;
  return !invalidated && (handle.dwLower != 0 || handle.dwUpper != 0);
}

}  // namespace

CtxtHandle no_context() noexcept { return {invalid_half, invalid_half}; }

void Context::give_up(const std::shared_ptr<Context>& self) {
  bool idle;
  {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    idle = !in_use_;
  }
  queue.give_up(self);
  // Its call has not begun yet, or has just ended: then nobody else deletes it soon.
  if (idle) queue.work()->post([self] { self->close(); });
}

SECURITY_STATUS Context::close() noexcept {
  {
    const std::lock_guard lock(mutex_);
    // Only a call that was given up can still be in it.
    if (in_use_) return SEC_E_OK;
    in_use_ = true;
  }
  return close_handle();
}

// Not under the mutex: the package may take long, and the main thread must not wait for it.
SECURITY_STATUS Context::close_handle() noexcept {
  state_ = State::failed;
  const SECURITY_STATUS status = handle_.reset();
  credentials_.clear();
  return status;
}

Context::Use::Use(Context& context) : context_(context) {
  const std::lock_guard lock(context.mutex_);
  if (context.given_up_ || context.in_use_) throw failed;
  context.in_use_ = true;
}

// A context that was given up stays in use for ever, so that nobody else closes it.
Context::Use::~Use() {
  {
    const std::lock_guard lock(context_.mutex_);
    if (!context_.given_up_) {
      context_.in_use_ = false;
      return;
    }
  }
  context_.close_handle();
}

void Context::Use::begin_leg(Side side, const std::shared_ptr<Credential>& credential) {
  auto& credentials = context_.credentials_;
  if (context_.state_ == State::failed) throw failed;
  if (!credential && credentials.empty()) throw Refusal{SEC_E_INVALID_HANDLE, Fault::foreign_handle};
  if (!context_.handle_.valid()) context_.side_ = side;
  if (context_.side_ != side) throw Refusal{SEC_E_INVALID_HANDLE, Fault::wrong_side};
  if (!credential) return;
  if (context_.handle_.valid() && !credential->package.is(context_.package_)) throw Refusal{SEC_E_WRONG_CREDENTIAL_HANDLE};
  context_.package_ = credential->package;
  std::erase(credentials, credential);
  credentials.push_back(credential);
}

PCredHandle Context::Use::credential() const noexcept { return context_.credentials_.back()->handle.get(); }

// A first leg that wants more bytes has made a context in some versions of Schannel and none in others: the handle tells. Every
// other failure of a first leg has made none.
void Context::Use::end_leg(SECURITY_STATUS status, const CtxtHandle& handle) noexcept {
  const bool wants_more = status == SEC_E_INCOMPLETE_MESSAGE;
  const bool made = status >= 0 || (wants_more && !context_.handle_.valid());
  if (made && is_set(handle)) context_.handle_.adopt(handle);
  if (status == SEC_E_OK) complete();
  if (status < 0 && !wants_more) context_.state_ = State::failed;
}

void Context::Use::adopt(const CtxtHandle& handle, Package package) noexcept {
  context_.handle_.adopt(handle);
  context_.package_ = std::move(package);
  complete();
}

PCtxtHandle Context::Use::existing() const {
  if (!context_.handle_.valid()) throw Refusal{SEC_E_INVALID_HANDLE, Fault::not_begun};
  return context_.handle_.get();
}

PCtxtHandle Context::Use::established() const {
  if (context_.state_ == State::failed) throw failed;
  if (context_.state_ != State::established) throw Refusal{SEC_E_INVALID_HANDLE, Fault::not_established};
  return existing();
}

void Context::Use::forget() noexcept {
  context_.handle_.release();
  context_.close_handle();
}

}  // namespace secur32
