#include "audit.h"

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static struct real_functions functions;

static BOOL CALLBACK load(PINIT_ONCE unused, PVOID parameter, PVOID *context) {
  (void)unused, (void)parameter, (void)context;
  HMODULE library = LoadLibraryExW(L"secur32.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (library == NULL) return FALSE;
#define FIND(name) functions.name = (__typeof__(&name))(void *)GetProcAddress(library, #name);
  REAL_FUNCTIONS(FIND)
  return TRUE;
}

const struct real_functions *real(void) {
  InitOnceExecuteOnce(&once, load, NULL, NULL);
  return &functions;
}
