// The Node addon through which tests write the script; fake.ts gives it types.
#include <napi.h>

#include <thread>

#include "script.hpp"

using namespace fake;

namespace {

template <typename T>
std::optional<T> number(const Napi::Object& object, const char* name) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined()) return {};
  return static_cast<T>(value.ToNumber().Int64Value());
}

BufferAnswer buffer_answer(const Napi::Object& given) {
  BufferAnswer answer;
  answer.type = number<ULONG>(given, "type");
  answer.size = number<ULONG>(given, "size");
  answer.offset = number<std::int64_t>(given, "offset").value_or(0);
  const Napi::Value memory = given.Get("memory");
  const std::string word = memory.IsString() ? memory.As<Napi::String>().Utf8Value() : "kept";
  answer.memory = word == "none"    ? BufferAnswer::none
                  : word == "fresh" ? BufferAnswer::fresh
                  : word == "moved" ? BufferAnswer::moved
                                    : BufferAnswer::kept;
  if (const Napi::Value data = given.Get("data"); data.IsTypedArray()) {
    const auto bytes = data.As<Napi::Uint8Array>();
    answer.data.assign(bytes.Data(), bytes.Data() + bytes.ByteLength());
  }
  return answer;
}

std::vector<BufferAnswer> buffer_answers(const Napi::Object& given, const char* name) {
  std::vector<BufferAnswer> answers;
  const Napi::Value list = given.Get(name);
  if (!list.IsArray()) return answers;
  for (std::uint32_t i = 0; i < list.As<Napi::Array>().Length(); i++)
    answers.push_back(buffer_answer(list.As<Napi::Array>().Get(i).As<Napi::Object>()));
  return answers;
}

/// answer(function, { status, input, output, attributes, expiry, lie })
void answer(const Napi::CallbackInfo& info) {
  const auto given = info[1].As<Napi::Object>();
  Answer answer;
  answer.status = static_cast<SECURITY_STATUS>(number<std::int64_t>(given, "status").value_or(SEC_E_OK));
  answer.input = buffer_answers(given, "input");
  answer.output = buffer_answers(given, "output");
  answer.attributes = number<ULONG>(given, "attributes").value_or(0);
  bool lossless;
  if (const Napi::Value expiry = given.Get("expiry"); expiry.IsBigInt())
    answer.expiry = expiry.As<Napi::BigInt>().Int64Value(&lossless);
  if (const Napi::Value lie = given.Get("lie"); lie.IsString()) answer.lie = lie.As<Napi::String>().Utf8Value();
  answer.nap = number<ULONG>(given, "nap").value_or(0);
  queue_answer(info[0].As<Napi::String>().Utf8Value(), std::move(answer));
}

Napi::Value live(const Napi::CallbackInfo& info) {
  const auto ledger = read_ledger();
  auto counts = Napi::Object::New(info.Env());
  counts.Set("credentials", static_cast<double>(ledger.credentials));
  counts.Set("contexts", static_cast<double>(ledger.contexts));
  counts.Set("buffers", static_cast<double>(ledger.buffers));
  counts.Set("kernelHandles", static_cast<double>(ledger.kernel_handles));
  counts.Set("certificates", static_cast<double>(ledger.certificates));
  counts.Set("stores", static_cast<double>(ledger.stores));
  return counts;
}

void forget(const Napi::CallbackInfo&) { forget_answers(); }

/// For the proof that the sanitizers are there: one byte beyond an allocation; a block that nobody frees; an overflow; a number
/// that two threads write.
void sin(const Napi::CallbackInfo& info) {
  const std::string which = info[0].As<Napi::String>().Utf8Value();
  volatile char* block = static_cast<char*>(std::malloc(10));
  if (which == "overflow") block[10] = 1;
  volatile int number = INT_MAX;
  if (which == "undefined") number = number + 1;
  if (which == "race") {
    std::thread other([&number] { number = 1; });
    number = 2;
    other.join();
  }
  if (which != "leak") std::free(const_cast<char*>(block));
  block = nullptr;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("answer", Napi::Function::New(env, answer));
  exports.Set("live", Napi::Function::New(env, live));
  exports.Set("forget", Napi::Function::New(env, forget));
  exports.Set("sin", Napi::Function::New(env, sin));
  return exports;
}

}  // namespace

NODE_API_MODULE(fake_windows, initialize)
