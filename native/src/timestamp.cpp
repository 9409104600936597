#include "timestamp.hpp"

#include <cstdint>

namespace secur32 {

namespace {

// Packages write INT64_MAX or, moved by a time zone, a value a few hours from it: 2^40 ticks are 30 hours.
constexpr std::int64_t never = INT64_MAX - (std::int64_t{1} << 40);
constexpr std::int64_t ticks_1601_to_1970 = 116'444'736'000'000'000;
constexpr double ticks_per_millisecond = 10'000;

}  // namespace

Timestamp Timestamp::from_local(const TimeStamp& local) noexcept {
  if (local.QuadPart <= 0 || local.QuadPart >= never) return {};
  FILETIME moved;
  const FILETIME given = {static_cast<DWORD>(local.QuadPart & 0xffffffff), static_cast<DWORD>(local.QuadPart >> 32)};
  if (!LocalFileTimeToFileTime(&given, &moved)) return {};
  const auto ticks = static_cast<std::int64_t>((std::uint64_t{moved.dwHighDateTime} << 32) | moved.dwLowDateTime);
  return {static_cast<double>(ticks - ticks_1601_to_1970) / ticks_per_millisecond};
}

}  // namespace secur32
