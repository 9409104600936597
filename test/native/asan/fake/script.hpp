// What the fake Windows answers. A test queues answers for functions by name; a function without one answers sensibly.
#pragma once

#include <windows.h>

#include <subauth.h>
#define SCHANNEL_USE_BLACKLISTS
#include <security.h>
#include <schannel.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fake {

/// What becomes of one SecBuffer.
struct BufferAnswer {
  std::optional<ULONG> type;
  std::optional<ULONG> size;
  enum Memory {
    /// The caller's, with DATA written into it as far as it fits.
    kept,
    none,
    /// Of ours, as long as DATA.
    fresh,
    /// The caller's, OFFSET bytes further on.
    moved,
  } memory = kept;
  std::int64_t offset = 0;
  std::vector<BYTE> data;
};

struct Answer {
  SECURITY_STATUS status = SEC_E_OK;
  std::vector<BufferAnswer> input, output;
  ULONG attributes = 0;
  std::int64_t expiry = 0;
  /// How structures are filled in: "" sensibly, or by one of the lies that the function knows.
  std::string lie;
  /// Milliseconds that the call takes.
  ULONG nap = 0;
};

/// The next answer for a function, or the one for all others. Takes the time that the answer has.
Answer next_answer(const char* function);
void queue_answer(const std::string& function, Answer answer);

/// What was handed out and not given back.
struct Ledger {
  long credentials = 0, contexts = 0, buffers = 0, kernel_handles = 0, certificates = 0, stores = 0;
};

/// One count up or down.
void count(long Ledger::*member, long change);
Ledger read_ledger();
void forget_answers();

/// Memory that FreeContextBuffer takes: exactly as long, so that the sanitizer sees every byte too far.
void* allocate(std::size_t size);
void* allocate(const void* data, std::size_t size);
WCHAR* allocate_text(const char16_t* text);
/// Memory of ours that the caller must not free; lives until the next `forget_answers`.
void* keep(std::size_t size);

/// Writes the answers over the buffers. OF_PACKAGE: fresh memory is the caller's to free.
void apply(const std::vector<BufferAnswer>& answers, SecBufferDesc* buffers, bool of_package);

}  // namespace fake
