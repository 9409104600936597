// The few functions of kernel32.dll and advapi32.dll that the addon is linked with.
#include <dlfcn.h>

#include <algorithm>
#include <string_view>

#include "script.hpp"

using namespace fake;

namespace {

struct KernelHandle {
  int alive = 1;
};

thread_local bool impersonates = false;
thread_local DWORD last_error = 0;

BOOL fail(DWORD error) {
  last_error = error;
  return FALSE;
}

}  // namespace

namespace fake {

HANDLE make_kernel_handle() {
  count(&Ledger::kernel_handles, 1);
  return new KernelHandle;
}

void impersonate(bool on) { impersonates = on; }

}  // namespace fake

extern "C" {

DWORD WINAPI GetLastError() { return last_error; }

BOOL WINAPI CloseHandle(HANDLE handle) {
  count(&Ledger::kernel_handles, -1);
  delete static_cast<KernelHandle*>(handle);
  return TRUE;
}

UINT WINAPI GetSystemDirectoryW(LPWSTR directory, UINT size) {
  constexpr std::u16string_view path = u"C:\\Windows\\system32";
  if (size <= path.size()) return static_cast<UINT>(path.size()) + 1;
  std::copy_n(path.data(), path.size() + 1, directory);
  return static_cast<UINT>(path.size());
}

/// Every DLL is this one.
HMODULE WINAPI LoadLibraryExW(LPCWSTR, HANDLE, DWORD) {
  const auto answer = next_answer("LoadLibraryExW");
  if (answer.status != SEC_E_OK) return fail(ERROR_MOD_NOT_FOUND), nullptr;
  return reinterpret_cast<HMODULE>(1);
}

FARPROC WINAPI GetProcAddress(HMODULE, LPCSTR name) {
  Dl_info self;
  dladdr(reinterpret_cast<const void*>(&GetProcAddress), &self);
  void* library = dlopen(self.dli_fname, RTLD_NOLOAD | RTLD_NOW);
  void* function = dlsym(library, name);
  dlclose(library);
  return reinterpret_cast<FARPROC>(function);
}

/// Of an address; it stays loaded from then on, as GET_MODULE_HANDLE_EX_FLAG_PIN asks.
BOOL WINAPI GetModuleHandleExW(DWORD flags, LPCWSTR address, HMODULE* module) {
  Dl_info info;
  if ((flags & GET_MODULE_HANDLE_EX_FLAG_PIN) != 0 && dladdr(address, &info) != 0)
    dlopen(info.dli_fname, RTLD_NOLOAD | RTLD_NOW | RTLD_NODELETE);
  *module = reinterpret_cast<HMODULE>(1);
  return TRUE;
}

DWORD WINAPI GetModuleFileNameW(HMODULE, LPWSTR name, DWORD size) {
  constexpr std::u16string_view path = u"C:\\secur32.node";
  const auto length = std::min<std::size_t>(size, path.size());
  std::copy_n(path.data(), length, name);
  return static_cast<DWORD>(length);
}

HANDLE WINAPI GetCurrentThread() { return reinterpret_cast<HANDLE>(-2); }

BOOL WINAPI OpenThreadToken(HANDLE, DWORD, BOOL, PHANDLE token) {
  if (!impersonates) return fail(ERROR_NO_TOKEN);
  *token = make_kernel_handle();
  return TRUE;
}

BOOL WINAPI SetThreadToken(PHANDLE, HANDLE token) {
  impersonates = token != nullptr;
  return TRUE;
}

BOOL WINAPI RevertToSelf() {
  impersonates = false;
  return TRUE;
}

BOOL WINAPI LocalFileTimeToFileTime(const FILETIME* local, LPFILETIME result) {
  *result = *local;
  return TRUE;
}

LONG WINAPI CompareFileTime(const FILETIME* one, const FILETIME* other) {
  const auto ticks = [](const FILETIME* time) { return std::uint64_t{time->dwHighDateTime} << 32 | time->dwLowDateTime; };
  return ticks(one) < ticks(other) ? -1 : ticks(one) > ticks(other);
}

}  // extern "C"
