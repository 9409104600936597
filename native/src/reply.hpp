#pragma once

#include <utility>

#include "refusal.hpp"
#include "value.hpp"

namespace secur32 {

/// The answer of a call: a status, and what came with it.
struct Reply {
  SECURITY_STATUS status = SEC_E_OK;
  Fault fault = Fault::none;
  Value::Record data;

  static Reply ok(Value::Record data = {}) { return {SEC_E_OK, Fault::none, std::move(data)}; }
  static Reply failure(SECURITY_STATUS status, Fault fault = Fault::none) { return {status, fault, {}}; }

  Napi::Value to_js(Napi::Env env) const;
};

}  // namespace secur32
