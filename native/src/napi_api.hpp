// The one place that includes node-addon-api, so that every source sees it set up alike.
#pragma once

#ifndef NAPI_VERSION
#define NAPI_VERSION 8
#endif
// Every C++ exception that leaves a callback becomes a JavaScript exception: none may reach Node's C frames.
#ifndef NODE_ADDON_API_CPP_EXCEPTIONS
#define NODE_ADDON_API_CPP_EXCEPTIONS
#endif
#ifndef NODE_ADDON_API_CPP_EXCEPTIONS_ALL
#define NODE_ADDON_API_CPP_EXCEPTIONS_ALL
#endif
// In a worker that is being stopped no exception can be thrown any more; the default there is to end the process.
#ifndef NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#endif
#ifndef NODE_ADDON_API_DISABLE_DEPRECATED
#define NODE_ADDON_API_DISABLE_DEPRECATED
#endif

#ifdef _MSC_VER
#pragma warning(push, 0)
#endif

#include <napi.h>

#ifdef _MSC_VER
#pragma warning(pop)
#endif
