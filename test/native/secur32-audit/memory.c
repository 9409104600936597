/* Looks for a text in all memory of this process that it may read. The text is given in bytes of eight bits and looked for in
 * characters of sixteen, so that the search does not find itself. */
#include <string.h>

#include "audit.h"

#define CHUNK 0x100000
#define LONGEST 128

static unsigned long count_in(const BYTE *bytes, SIZE_T size, const char *text, SIZE_T length) {
  unsigned long found = 0;
  for (SIZE_T at = 0; at + 2 * length <= size; at++) {
    SIZE_T same = 0;
    while (same < length && bytes[at + 2 * same] == (BYTE)text[same] && bytes[at + 2 * same + 1] == 0) same++;
    if (same == length) found++;
  }
  return found;
}

static unsigned long count_in_region(const MEMORY_BASIC_INFORMATION *region, BYTE *chunk, const char *text) {
  const SIZE_T length = strlen(text), overlap = 2 * length - 1;
  unsigned long found = 0;
  for (SIZE_T offset = 0; offset < region->RegionSize; offset += CHUNK) {
    SIZE_T size = region->RegionSize - offset;
    if (size > CHUNK + overlap) size = CHUNK + overlap;
    SIZE_T got = 0;
    if (ReadProcessMemory(GetCurrentProcess(), (const BYTE *)region->BaseAddress + offset, chunk, size, &got))
      found += count_in(chunk, got, text, length);
  }
  return found;
}

unsigned long memory_count_wide(const char *text) {
  if (strlen(text) == 0 || strlen(text) > LONGEST) return 0;
  BYTE *chunk = VirtualAlloc(NULL, CHUNK + 2 * LONGEST, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
  unsigned long found = 0;
  MEMORY_BASIC_INFORMATION region;
  for (const BYTE *next = NULL; VirtualQuery(next, &region, sizeof region) == sizeof region;
       next = (const BYTE *)region.BaseAddress + region.RegionSize) {
    const DWORD unreadable = PAGE_GUARD | PAGE_NOACCESS | PAGE_EXECUTE;
    if (region.State != MEM_COMMIT || region.Type != MEM_PRIVATE || (region.Protect & unreadable) != 0) continue;
    if (region.AllocationBase == chunk) continue;
    found += count_in_region(&region, chunk, text);
  }
  VirtualFree(chunk, 0, MEM_RELEASE);
  return found;
}
