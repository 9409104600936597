#include "work_queue.hpp"

#include <thread>
#include <utility>

namespace secur32 {

namespace {

thread_local bool is_work_thread = false;

}  // namespace

void WorkQueue::post(Task task) {
  std::unique_lock lock(mutex_);
  tasks_.push_back(std::move(task));
  if (idle_ >= tasks_.size()) {
    posted_.notify_one();
    return;
  }
  if (threads_ == max_threads || start_thread() || threads_ != 0) return;
  Task mine = take();
  lock.unlock();
  mine();
}

bool WorkQueue::on_work_thread() noexcept { return is_work_thread; }

bool WorkQueue::start_thread() noexcept {
  try {
    std::thread([self = shared_from_this()] { self->work(); }).detach();
  } catch (...) {
    return false;
  }
  threads_++;
  return true;
}

void WorkQueue::work() noexcept {
  is_work_thread = true;
  std::unique_lock lock(mutex_);
  while (wait(lock)) {
    Task task = take();
    lock.unlock();
    task();
    task = Task();
    lock.lock();
  }
  threads_--;
}

bool WorkQueue::wait(std::unique_lock<Mutex>& lock) noexcept {
  idle_++;
  while (tasks_.empty() && posted_.wait(lock, idle_time)) continue;
  idle_--;
  return !tasks_.empty();
}

Task WorkQueue::take() {
  Task task = std::move(tasks_.front());
  tasks_.pop_front();
  return task;
}

}  // namespace secur32
