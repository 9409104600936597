#include "arguments.hpp"

#include <cmath>

namespace secur32 {

namespace {

template <typename Text>
void read_utf16(const Napi::Value& value, Text& text) {
  static_assert(sizeof(WCHAR) == sizeof(char16_t));
  if (!value.IsString()) throw_type_error(value.Env(), "a text must be a string");
  std::size_t length = 0;
  NAPI_THROW_IF_FAILED_VOID(value.Env(), napi_get_value_string_utf16(value.Env(), value, nullptr, 0, &length));
  text.resize(length + 1);
  NAPI_THROW_IF_FAILED_VOID(value.Env(), napi_get_value_string_utf16(value.Env(), value, reinterpret_cast<char16_t*>(text.data()),
                                                                     text.size(), &length));
}

}  // namespace

void throw_type_error(Napi::Env env, const char* message) {
  auto error = Napi::TypeError::New(env, message);
  error.Set("code", Napi::String::New(env, "ERR_INVALID_ARG_TYPE"));
  throw error;
}

Napi::Object object_argument(const Napi::CallbackInfo& info, std::size_t index) {
  if (!info[index].IsObject()) throw_type_error(info.Env(), "an argument must be an object");
  return info[index].As<Napi::Object>();
}

std::optional<Napi::Value> member(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return {};
  return value;
}

ULONG to_ulong(const Napi::Value& value) {
  if (!value.IsNumber()) throw_type_error(value.Env(), "a number must be a number");
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number <= 0xffffffff) || std::floor(number) != number)
    throw_type_error(value.Env(), "a number must be an unsigned integer of 32 bits");
  return static_cast<ULONG>(number);
}

ULONG ulong_member(const Napi::Object& object, const char* name, ULONG otherwise) {
  const auto value = member(object, name);
  return value ? to_ulong(*value) : otherwise;
}

WideString to_text(const Napi::Value& value) {
  WideString text;
  read_utf16(value, text);
  text.pop_back();
  if (text.find(WCHAR{0}) != WideString::npos) throw_type_error(value.Env(), "a name must not contain a NUL");
  return text;
}

SecretWide to_secret_text(const Napi::Value& value) {
  SecretWide text;
  read_utf16(value, text);
  return text;
}

SecretWide secret_member(const Napi::Object& object, const char* name) {
  const auto value = member(object, name);
  return value ? to_secret_text(*value) : SecretWide(1);
}

ByteView to_bytes(const Napi::Value& value) {
  napi_typedarray_type type = napi_int8_array;
  std::size_t length = 0;
  void* data = nullptr;
  napi_value memory = nullptr;
  bool own = false;
  const Napi::Env env = value.Env();
  if (napi_get_typedarray_info(env, value, &type, &length, &data, &memory, nullptr) != napi_ok || type != napi_uint8_array)
    throw_type_error(env, "bytes must be a Uint8Array");
  NAPI_THROW_IF_FAILED_VOID(env, napi_is_arraybuffer(env, memory, &own));
  if (!own) throw_type_error(env, "bytes must not be in shared memory");
  if (length > 0xffffffff) throw_type_error(env, "bytes must be fewer than 4 GiB");
  return {length == 0 ? nullptr : static_cast<Byte*>(data), static_cast<ULONG>(length)};
}

Bytes copy_bytes(const Napi::Value& value) {
  const auto view = to_bytes(value);
  return Bytes(view.data, view.data + view.length);
}

}  // namespace secur32
