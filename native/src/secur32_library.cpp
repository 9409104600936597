#include "secur32_library.hpp"

#ifdef SECUR32_TEST_LIBRARY
#include <iterator>
#include <stdexcept>
#include <string>

#include "bytes.hpp"
#endif

namespace secur32 {

#ifdef SECUR32_TEST_LIBRARY

#define SECUR32_WIDE_VALUE(text) SECUR32_WIDE(text)

namespace {

HMODULE load_beside_addon(const WCHAR* name) {
  HMODULE addon = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<const WCHAR*>(&load_beside_addon), &addon);
  WCHAR path[1024];
  const DWORD length = GetModuleFileNameW(addon, path, static_cast<DWORD>(std::size(path)));
  WideString file(path, length);
  file.resize(file.find_last_of(SECUR32_WIDE("\\/")) + 1);
  file += name;
  const HMODULE module = LoadLibraryExW(file.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (module == nullptr)
    throw std::runtime_error("cannot load the test library: Windows error " + std::to_string(GetLastError()));
  return module;
}

}  // namespace

Secur32Library::Secur32Library() : SystemLibrary(load_beside_addon(SECUR32_WIDE_VALUE(SECUR32_TEST_LIBRARY))) {}

bool Secur32Library::may_have_stubs() const noexcept { return false; }

#else

Secur32Library::Secur32Library() : SystemLibrary(SECUR32_WIDE("secur32.dll")) {}

bool Secur32Library::may_have_stubs() const noexcept {
  const HMODULE ntdll = GetModuleHandleW(SECUR32_WIDE("ntdll.dll"));
  return ntdll != nullptr && GetProcAddress(ntdll, "wine_get_version") != nullptr;
}

#endif

}  // namespace secur32
