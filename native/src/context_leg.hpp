#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "buffer_list.hpp"
#include "context.hpp"
#include "instance.hpp"
#include "reply.hpp"

namespace secur32 {

/// SASL options that hold from the first leg on, as (option, value) for SaslSetContextOption.
using SaslOptions = std::vector<std::pair<ULONG, Bytes>>;

/// One leg of InitializeSecurityContext or AcceptSecurityContext, or of the Sasl function that wraps it.
struct LegInput {
  std::shared_ptr<Context> context;
  std::shared_ptr<Credential> credential;
  Side side;
  bool sasl;
  std::optional<WideString> target;
  InputBuffers input;
  ULONG requirements;
  ULONG data_representation;
  SaslOptions options;
  UniqueKernelHandle client;
};

/// A call of initializeSecurityContext({ credential?, context, targetName?, input?, contextReq, targetDataRep }) and its three
/// likes.
Napi::Value start_leg(const Napi::CallbackInfo& info, Side side, bool sasl);

}  // namespace secur32
