#include "script.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace fake {

namespace {

std::mutex mutex;
std::map<std::string, std::deque<Answer>> queues;
std::vector<void*> kept_memory;
Ledger ledger;

}  // namespace

namespace {

Answer take_answer(const char* function) {
  const std::lock_guard guard(mutex);
  auto& queue = queues[function];
  if (queue.empty()) return {};
  Answer answer = std::move(queue.front());
  queue.pop_front();
  return answer;
}

}  // namespace

Answer next_answer(const char* function) {
  Answer answer = take_answer(function);
  if (answer.nap > 0) std::this_thread::sleep_for(std::chrono::milliseconds(answer.nap));
  return answer;
}

void queue_answer(const std::string& function, Answer answer) {
  const std::lock_guard guard(mutex);
  queues[function].push_back(std::move(answer));
}

void count(long Ledger::*member, long change) {
  const std::lock_guard guard(mutex);
  ledger.*member += change;
}

Ledger read_ledger() {
  const std::lock_guard guard(mutex);
  return ledger;
}

void forget_answers() {
  const std::lock_guard guard(mutex);
  queues.clear();
  for (void* memory : kept_memory) std::free(memory);
  kept_memory.clear();
}

void* allocate(std::size_t size) {
  count(&Ledger::buffers, 1);
  return std::calloc(1, size);
}

void* allocate(const void* data, std::size_t size) {
  void* memory = allocate(size);
  if (size > 0) std::memcpy(memory, data, size);
  return memory;
}

WCHAR* allocate_text(const char16_t* text) {
  return static_cast<WCHAR*>(allocate(text, (std::char_traits<char16_t>::length(text) + 1) * sizeof(char16_t)));
}

void* keep(std::size_t size) {
  void* memory = std::calloc(1, size);
  const std::lock_guard guard(mutex);
  kept_memory.push_back(memory);
  return memory;
}

void apply(const std::vector<BufferAnswer>& answers, SecBufferDesc* buffers, bool of_package) {
  if (buffers == nullptr) return;
  for (std::size_t i = 0; i < answers.size() && i < buffers->cBuffers; i++) {
    const BufferAnswer& answer = answers[i];
    SecBuffer& buffer = buffers->pBuffers[i];
    ULONG written = static_cast<ULONG>(answer.data.size());
    switch (answer.memory) {
      case BufferAnswer::kept:
        written = std::min(written, buffer.cbBuffer);
        if (written > 0 && buffer.pvBuffer != nullptr) std::memcpy(buffer.pvBuffer, answer.data.data(), written);
        break;
      case BufferAnswer::none:
        buffer.pvBuffer = nullptr;
        break;
      case BufferAnswer::fresh:
        buffer.pvBuffer = of_package ? allocate(written) : keep(written);
        if (written > 0) std::memcpy(buffer.pvBuffer, answer.data.data(), written);
        break;
      case BufferAnswer::moved:
        if (buffer.pvBuffer != nullptr) buffer.pvBuffer = static_cast<BYTE*>(buffer.pvBuffer) + answer.offset;
        break;
    }
    buffer.cbBuffer = answer.size.value_or(written);
    buffer.BufferType = answer.type.value_or(buffer.BufferType);
  }
}

}  // namespace fake
