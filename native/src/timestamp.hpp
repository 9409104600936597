#pragma once

#include <optional>

#include "windows_api.hpp"

namespace secur32 {

/// A time as JavaScript's Date counts it, or never.
struct Timestamp {
  std::optional<double> milliseconds;

  /// A TimeStamp of SSPI, a FILETIME in local time. "Never" is a value near the end of that calendar, or zero.
  /// Source: Microsoft Learn, "TimeStamp structure" and "AcquireCredentialsHandle (General)".
  static Timestamp from_local(const TimeStamp& local) noexcept;
};

}  // namespace secur32
