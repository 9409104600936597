// Reading what JavaScript passed. src/native checks it first; what is wrong all the same is a TypeError here.
#pragma once

#include <cstddef>
#include <optional>

#include "bytes.hpp"
#include "napi_api.hpp"

namespace secur32 {

/// The bytes of a Uint8Array, where they are. Good until JavaScript runs again.
struct ByteView {
  Byte* data = nullptr;
  ULONG length = 0;
};

[[noreturn]] void throw_type_error(Napi::Env env, const char* message);

Napi::Object object_argument(const Napi::CallbackInfo& info, std::size_t index);
/// The member of an object, or nothing where it is absent or undefined.
std::optional<Napi::Value> member(const Napi::Object& object, const char* name);

ULONG to_ulong(const Napi::Value& value);
ULONG ulong_member(const Napi::Object& object, const char* name, ULONG otherwise = 0);

/// A text that Windows reads up to its NUL, so it may not have one inside.
WideString to_text(const Napi::Value& value);
/// A text that is wiped, with a NUL at its end.
SecretWide to_secret_text(const Napi::Value& value);
/// The empty text where the member is absent.
SecretWide secret_member(const Napi::Object& object, const char* name);

/// Not for shared memory, which others can write while Windows reads it.
ByteView to_bytes(const Napi::Value& value);
Bytes copy_bytes(const Napi::Value& value);

}  // namespace secur32
