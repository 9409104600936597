#include "system_library.hpp"

#include <stdexcept>
#include <string>

namespace secur32 {

namespace {

std::string ascii(const WCHAR* text) {
  std::string result;
  for (; *text != 0; text++) result.push_back(static_cast<char>(*text));
  return result;
}

}  // namespace

SystemLibrary::SystemLibrary(const WCHAR* name) : module_(LoadLibraryExW(name, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32)) {
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
