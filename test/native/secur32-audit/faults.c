#include <string.h>

#include "audit.h"

#define FUNCTION_LIMIT 64
#define FAULT_LIMIT 32
#define THREAD_LIMIT 64

static SRWLOCK lock = SRWLOCK_INIT;
static struct call_count counted[FUNCTION_LIMIT];
static struct {
  char function[48];
  SECURITY_STATUS status;
  long skip;
} faults[FAULT_LIMIT];
static DWORD loop_threads[THREAD_LIMIT];

static char held_function[48];
static long held;
static unsigned long hold_round;
static CONDITION_VARIABLE released = CONDITION_VARIABLE_INIT;

static bool on_loop_thread(void) {
  for (int i = 0; i < THREAD_LIMIT; i++) {
    if (loop_threads[i] == GetCurrentThreadId()) return true;
  }
  return false;
}

static void count_call(const char *function) {
  for (int i = 0; i < FUNCTION_LIMIT; i++) {
    if (counted[i].function != NULL && strcmp(counted[i].function, function) != 0) continue;
    counted[i].function = function;
    counted[i].count++;
    if (on_loop_thread()) counted[i].on_loop++;
    return;
  }
}

static void wait_while_held(const char *function) {
  if (strcmp(held_function, function) != 0) return;
  held_function[0] = 0;
  held++;
  unsigned long round = hold_round;
  while (round == hold_round) SleepConditionVariableSRW(&released, &lock, INFINITE, 0);
  held--;
}

static bool take_fault(const char *function, SECURITY_STATUS *status) {
  for (int i = 0; i < FAULT_LIMIT; i++) {
    if (strcmp(faults[i].function, function) != 0) continue;
    if (faults[i].skip-- > 0) continue;
    *status = faults[i].status;
    faults[i].function[0] = 0;
    return true;
  }
  return false;
}

bool call_may_run(const char *function, SECURITY_STATUS *status) {
  AcquireSRWLockExclusive(&lock);
  count_call(function);
  wait_while_held(function);
  bool fault = take_fault(function, status);
  ReleaseSRWLockExclusive(&lock);
  return !fault;
}

bool calls_read(unsigned index, struct call_count *count) {
  AcquireSRWLockExclusive(&lock);
  bool there = index < FUNCTION_LIMIT && counted[index].function != NULL;
  if (there) *count = counted[index];
  ReleaseSRWLockExclusive(&lock);
  return there;
}

void calls_forget(void) {
  hold_release();
  AcquireSRWLockExclusive(&lock);
  ZeroMemory(counted, sizeof counted);
  ZeroMemory(faults, sizeof faults);
  ReleaseSRWLockExclusive(&lock);
}

bool fault_set(const char *function, SECURITY_STATUS status, long skip) {
  bool set = false;
  AcquireSRWLockExclusive(&lock);
  for (int i = 0; i < FAULT_LIMIT && !set; i++) {
    if (faults[i].function[0] != 0) continue;
    lstrcpynA(faults[i].function, function, sizeof faults[i].function);
    faults[i].status = status;
    faults[i].skip = skip;
    set = true;
  }
  ReleaseSRWLockExclusive(&lock);
  return set;
}

bool hold_set(const char *function) {
  AcquireSRWLockExclusive(&lock);
  bool set = held_function[0] == 0;
  if (set) lstrcpynA(held_function, function, sizeof held_function);
  ReleaseSRWLockExclusive(&lock);
  return set;
}

long held_count(void) {
  AcquireSRWLockExclusive(&lock);
  long count = held;
  ReleaseSRWLockExclusive(&lock);
  return count;
}

void hold_release(void) {
  AcquireSRWLockExclusive(&lock);
  held_function[0] = 0;
  hold_round++;
  ReleaseSRWLockExclusive(&lock);
  WakeAllConditionVariable(&released);
}

static void replace_thread(DWORD from, DWORD to) {
  AcquireSRWLockExclusive(&lock);
  for (int i = 0; i < THREAD_LIMIT; i++) {
    if (loop_threads[i] != from) continue;
    loop_threads[i] = to;
    break;
  }
  ReleaseSRWLockExclusive(&lock);
}

void loop_thread_added(void) { replace_thread(0, GetCurrentThreadId()); }

void loop_thread_removed(void) { replace_thread(GetCurrentThreadId(), 0); }
