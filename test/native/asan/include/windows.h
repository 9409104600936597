// windows.h for a compiler of Linux: what the addon uses of it, in the layout of 64-bit Windows, with 16 bits to a WCHAR.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#define _WIN64 1
#define _AMD64_ 1
#define MICROSOFT_WINDOWS_WINBASE_H_DEFINE_INTERLOCKED_CPLUSPLUS_OVERLOADS 0

#include <_mingw.h>

inline void __stosb(unsigned char* bytes, unsigned char value, unsigned long long count) {
  for (volatile unsigned char* at = bytes; count > 0; count--) *at++ = value;
}
inline unsigned long long __readgsqword(unsigned) { return 0; }

#define wchar_t char16_t
#include <sdkddkver.h>
#include <excpt.h>
#include <windef.h>
#include <winbase.h>
#undef wchar_t
