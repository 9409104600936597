#pragma once

#include "windows_api.hpp"

namespace secur32 {

/// A DLL of Windows, taken from the system directory and from nowhere else: no search path can put another in its place.
/// It stays loaded as long as the process lives.
class SystemLibrary {
 public:
  /// Throws std::runtime_error where Windows has no such DLL.
  explicit SystemLibrary(const WCHAR* name);

  /// Fills in a pointer to a function, null where the DLL lacks it.
  template <typename Function>
  bool find(const char* name, Function*& function) const noexcept {
    function = reinterpret_cast<Function*>(reinterpret_cast<void*>(GetProcAddress(module_, name)));
    return function != nullptr;
  }

  /// Fills in a pointer to a function without which nothing works. Throws std::runtime_error where the DLL lacks it.
  template <typename Function>
  void require(const char* name, Function*& function) const {
    if (!find(name, function)) fail(name);
  }

 protected:
  explicit SystemLibrary(HMODULE module) noexcept : module_(module) {}

 private:
  [[noreturn]] static void fail(const char* name);

  HMODULE module_;
};

/// Keeps the addon itself loaded from now on, for the threads that outlive a Node environment.
void pin_this_module() noexcept;

}  // namespace secur32
