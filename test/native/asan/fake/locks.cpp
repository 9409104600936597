// Slim reader/writer locks and condition variables, in the eight bytes that Windows gives them: by waiting in short naps.
#include <atomic>
#include <chrono>
#include <thread>

#include "script.hpp"

namespace {

constexpr auto nap = std::chrono::microseconds(50);

std::atomic_ref<ULONG_PTR> number_in(PVOID& pointer) {
  return std::atomic_ref<ULONG_PTR>(reinterpret_cast<ULONG_PTR&>(pointer));
}

}  // namespace

extern "C" {

VOID WINAPI AcquireSRWLockExclusive(PSRWLOCK lock) {
  while (number_in(lock->Ptr).exchange(1) != 0) std::this_thread::sleep_for(nap);
}

VOID WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock) { number_in(lock->Ptr).store(0); }

/// Counts; the sleepers see that it moved. Windows allows that more of them wake than were called.
VOID WINAPI WakeConditionVariable(PCONDITION_VARIABLE condition) { number_in(condition->Ptr).fetch_add(1); }

VOID WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE condition) { WakeConditionVariable(condition); }

WINBOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE condition, PSRWLOCK lock, DWORD milliseconds, ULONG) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  const auto before = number_in(condition->Ptr).load();
  ReleaseSRWLockExclusive(lock);
  bool woken = false;
  while (!(woken = number_in(condition->Ptr).load() != before) &&
         (milliseconds == INFINITE || std::chrono::steady_clock::now() < end))
    std::this_thread::sleep_for(nap);
  AcquireSRWLockExclusive(lock);
  return woken;
}

}  // extern "C"
