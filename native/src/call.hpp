#pragma once

#include "napi_api.hpp"

namespace secur32 {

/// Work that leaves the main thread and comes back: run() there, settle() here.
/// It owns plain data only, so that it can end on either thread, also after its Node environment is gone.
class Call {
 public:
  Call() = default;
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  virtual void run() noexcept = 0;
  virtual void settle(Napi::Env env) = 0;
};

}  // namespace secur32
