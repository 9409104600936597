#pragma once

#include <cstddef>
#include <deque>
#include <memory>

#include "monitor.hpp"
#include "task.hpp"

namespace secur32 {

/// The threads on which Secur32.dll is called. They are the addon's own and not libuv's: a call that hangs in the LSA
/// (a KDC or a domain controller that does not answer) holds one of them, and never one of the few that Node's file system,
/// DNS and crypto share.
///
/// Threads start when work comes and none is idle, up to max_threads, and end after a while without work. Nobody waits for
/// them: each keeps the queue alive, so they may outlive the Node environment that they were started for.
class WorkQueue : public std::enable_shared_from_this<WorkQueue> {
 public:
  static constexpr std::size_t max_threads = 64;

  /// Runs a task on one of the threads. Where no thread can be had at all it runs before this returns.
  void post(Task task);

  /// Whether this thread is one of a WorkQueue.
  static bool on_work_thread() noexcept;

 private:
  /// Milliseconds that a thread waits for work before it ends.
  static constexpr DWORD idle_time = 10'000;

  bool start_thread() noexcept;
  void work() noexcept;
  bool wait(std::unique_lock<Mutex>& lock) noexcept;
  Task take();

  Mutex mutex_;
  Condition posted_;
  std::deque<Task> tasks_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
};

/// Deletes an object on a work thread, as the deletion may call the LSA.
template <typename T>
struct DeleteOnWorkThread {
  std::shared_ptr<WorkQueue> work;

  void operator()(T* object) const noexcept {
    std::unique_ptr<T> owned(object);
    if (WorkQueue::on_work_thread()) return;
    try {
      work->post([gone = std::move(owned)]() mutable { gone.reset(); });
    } catch (...) {
      // No memory for a task: what could not be posted is deleted here.
    }
  }
};

}  // namespace secur32
