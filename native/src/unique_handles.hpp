// Owners of what Secur32.dll and the Windows kernel hand out: each frees its own exactly once.
#pragma once

#include <memory>
#include <utility>

#include "secur32_api.hpp"
#include "windows_api.hpp"

namespace secur32 {

/// Memory of a security package. Holds nothing where the package returned a null pointer.
template <typename T>
class UniqueContextBuffer {
 public:
  UniqueContextBuffer(const Secur32Api& secur32, T* data) noexcept : free_(secur32.FreeContextBuffer), data_(data) {}
  UniqueContextBuffer(UniqueContextBuffer&& other) noexcept : free_(other.free_), data_(std::exchange(other.data_, nullptr)) {}
  UniqueContextBuffer& operator=(UniqueContextBuffer&&) = delete;
  ~UniqueContextBuffer() {
    if (data_ != nullptr) free_(const_cast<void*>(static_cast<const void*>(data_)));
  }

  T* get() const noexcept { return data_; }
  T* operator->() const noexcept { return data_; }
  explicit operator bool() const noexcept { return data_ != nullptr; }

 private:
  decltype(Secur32Api::FreeContextBuffer) free_;
  T* data_;
};

/// A CredHandle or a CtxtHandle, which are the same kind of value but are given back differently.
template <auto Release>
class UniqueSecHandle {
 public:
  explicit UniqueSecHandle(Secur32 secur32) noexcept : secur32_(std::move(secur32)) {}
  UniqueSecHandle(const UniqueSecHandle&) = delete;
  UniqueSecHandle& operator=(const UniqueSecHandle&) = delete;
  ~UniqueSecHandle() { reset(); }

  bool valid() const noexcept { return valid_; }

  /// The handle for a call that uses it, or null.
  SecHandle* get() noexcept { return valid_ ? &handle_ : nullptr; }

  void adopt(const SecHandle& handle) noexcept {
    handle_ = handle;
    valid_ = true;
  }

  /// Forgets a handle that a call has taken over.
  void release() noexcept { valid_ = false; }

  SECURITY_STATUS reset() noexcept { return std::exchange(valid_, false) ? ((*secur32_).*Release)(&handle_) : SEC_E_OK; }

 private:
  Secur32 secur32_;
  SecHandle handle_{};
  bool valid_ = false;
};

using UniqueCredHandle = UniqueSecHandle<&Secur32Api::FreeCredentialsHandle>;
using UniqueCtxtHandle = UniqueSecHandle<&Secur32Api::DeleteSecurityContext>;

struct CloseKernelHandle {
  using pointer = HANDLE;
  void operator()(HANDLE handle) const noexcept { CloseHandle(handle); }
};

/// A token or another handle of the kernel.
using UniqueKernelHandle = std::unique_ptr<void, CloseKernelHandle>;

}  // namespace secur32
