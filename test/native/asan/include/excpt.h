// Names only: nobody handles exceptions of Windows here.
#pragma once

struct _CONTEXT;
struct _EXCEPTION_RECORD;
typedef int EXCEPTION_DISPOSITION;
typedef EXCEPTION_DISPOSITION EXCEPTION_ROUTINE(struct _EXCEPTION_RECORD*, void*, struct _CONTEXT*, void*);
typedef EXCEPTION_ROUTINE* PEXCEPTION_ROUTINE;
