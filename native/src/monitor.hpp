// A mutex and a condition that are those of Windows. The ones that libstdc++ has for Windows stand on semaphores of the kernel,
// and cost every call that goes to a work thread half as much again.
#pragma once

#include <mutex>

#include "windows_api.hpp"

namespace secur32 {

/// A Lockable, for std::lock_guard and std::unique_lock.
class Mutex {
 public:
  Mutex() noexcept = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() noexcept { AcquireSRWLockExclusive(&lock_); }
  void unlock() noexcept { ReleaseSRWLockExclusive(&lock_); }

 private:
  friend class Condition;

  SRWLOCK lock_ = SRWLOCK_INIT;
};

class Condition {
 public:
  Condition() noexcept = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  void notify_one() noexcept { WakeConditionVariable(&variable_); }

  /// Waits until it is notified, for that many milliseconds at most, or for no reason at all. False once the time is over.
  bool wait(std::unique_lock<Mutex>& lock, DWORD milliseconds) noexcept {
    return SleepConditionVariableSRW(&variable_, &lock.mutex()->lock_, milliseconds, 0) != 0;
  }

 private:
  CONDITION_VARIABLE variable_ = CONDITION_VARIABLE_INIT;
};

}  // namespace secur32
