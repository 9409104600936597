// In place of mingw-w64's own: what its compiler would know. The other headers come from mingw-w64 unchanged, so that
// every structure has its real layout.
#pragma once

#define __LONG32 int
#define __MSABI_LONG(value) value
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long

#define __cdecl
#define __stdcall
#define __fastcall
#define __unaligned
#define UNALIGNED
#define __declspec(attributes)
#define __forceinline inline
#define __CRT_INLINE inline
#define _CRTIMP

#define __MINGW_EXTENSION __extension__
#define __C89_NAMELESS __extension__
#define __C89_NAMELESSSTRUCTNAME
#define __C89_NAMELESSUNIONNAME
#define __MINGW_NAME_AW(name) name##W
#define __MINGW_NAME_AW_EXT(name, extension) name##W##extension
#define __MINGW_NAME_UAW(name) name##_W
#define __MINGW_TYPEDEF_AW(type) typedef type##W type;
#define __MINGW_TYPEDEF_UAW(type) typedef type##_W type;
#define MINGW_HAS_SECURE_API 1
