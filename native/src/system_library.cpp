#include "system_library.hpp"

#include <iterator>
#include <stdexcept>
#include <string>

#include "bytes.hpp"

namespace secur32 {

namespace {

std::string ascii(const WCHAR* text) {
  std::string result;
  for (; *text != 0; text++) result.push_back(static_cast<char>(*text));
  return result;
}

WideString system_path(const WCHAR* name) {
  WCHAR directory[MAX_PATH];
  const UINT length = GetSystemDirectoryW(directory, static_cast<UINT>(std::size(directory)));
  if (length == 0 || length >= std::size(directory)) throw std::runtime_error("the system directory has no name");
  return WideString(directory, length) + SECUR32_WIDE("\\") + name;
}

}  // namespace

// By its full path: a name alone would find a DLL of that name which was loaded from elsewhere before.
SystemLibrary::SystemLibrary(const WCHAR* name)
    : module_(LoadLibraryExW(system_path(name).c_str(), nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32)) {
  if (module_ == nullptr) {
    throw std::runtime_error("cannot load " + ascii(name) + " from the system directory: Windows error " +
                             std::to_string(GetLastError()));
  }
}

void SystemLibrary::fail(const char* name) { throw std::runtime_error(std::string("the system DLL has no function ") + name); }

void pin_this_module() noexcept {
  HMODULE module;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                     reinterpret_cast<const WCHAR*>(&pin_this_module), &module);
}

}  // namespace secur32
