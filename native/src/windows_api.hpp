// The one place that includes the headers of Windows: a build elsewhere puts others of the same names in their place.
#pragma once

#ifndef SECURITY_WIN32
#define SECURITY_WIN32
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif

#ifdef _MSC_VER
#pragma warning(push)
#pragma warning(disable : 4201)  // structures without a name
#endif

#include <windows.h>

#include <subauth.h>  // UNICODE_STRING, which SCH_CREDENTIALS needs
#define SCHANNEL_USE_BLACKLISTS
#include <security.h>
#include <schannel.h>

#include <wincrypt.h>

#include <bcrypt.h>
#include <ncrypt.h>

#ifdef _MSC_VER
#pragma warning(pop)
#endif

// WCHAR has 16 bits: wchar_t on Windows, char16_t where wchar_t is wider.
#ifdef _WIN32
#define SECUR32_WIDE(text) L##text
#else
#define SECUR32_WIDE(text) u##text
#endif
