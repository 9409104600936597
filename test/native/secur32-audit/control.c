/* The Node addon in this DLL, through which tests read the ledger and steer faults; audit.ts gives it types.
 * Nothing here checks what JavaScript hands over: audit.ts is the only caller. */
#include <malloc.h>
#include <node_api.h>
#include <string.h>

#include "audit.h"

static napi_value number(napi_env env, int64_t value) {
  napi_value result;
  napi_create_int64(env, value, &result);
  return result;
}

static napi_value boolean(napi_env env, bool value) {
  napi_value result;
  napi_get_boolean(env, value, &result);
  return result;
}

static napi_value counts_object(napi_env env, const long *counts) {
  static const char *const names[KIND_COUNT] = {"credentials", "contexts", "buffers", "tokens", "impersonations"};
  napi_value object;
  napi_create_object(env, &object);
  for (int kind = 0; kind < KIND_COUNT; kind++) napi_set_named_property(env, object, names[kind], number(env, counts[kind]));
  return object;
}

static napi_value live(napi_env env, napi_callback_info info) {
  (void)info;
  struct ledger_counts counts;
  ledger_read(&counts);
  return counts_object(env, counts.live);
}

static napi_value total(napi_env env, napi_callback_info info) {
  (void)info;
  struct ledger_counts counts;
  ledger_read(&counts);
  return counts_object(env, counts.total);
}

static napi_value misuse(napi_env env, napi_callback_info info) {
  (void)info;
  struct ledger_counts counts;
  ledger_read(&counts);
  napi_value object = counts_object(env, counts.misuse);
  napi_set_named_property(env, object, "concurrent", number(env, counts.concurrent));
  napi_set_named_property(env, object, "orphaned", number(env, counts.orphaned));
  return object;
}

static napi_value calls(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value object;
  napi_create_object(env, &object);
  struct call_count call;
  for (unsigned i = 0; calls_read(i, &call); i++) {
    napi_value entry;
    napi_create_object(env, &entry);
    napi_set_named_property(env, entry, "count", number(env, call.count));
    napi_set_named_property(env, entry, "onLoop", number(env, call.on_loop));
    napi_set_named_property(env, object, call.function, entry);
  }
  return object;
}

/* failNext(function, status, skip) */
static napi_value fail_next(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  char function[48];
  int64_t status = 0, skip = 0;
  napi_get_value_string_latin1(env, arguments[0], function, sizeof function, NULL);
  napi_get_value_int64(env, arguments[1], &status);
  napi_get_value_int64(env, arguments[2], &skip);
  return boolean(env, fault_set(function, (SECURITY_STATUS)status, (long)skip));
}

static napi_value hold(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  char function[48];
  napi_get_value_string_latin1(env, argument, function, sizeof function, NULL);
  return boolean(env, hold_set(function));
}

static napi_value held(napi_env env, napi_callback_info info) {
  (void)info;
  return number(env, held_count());
}

static napi_value release(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  hold_release();
  return NULL;
}

static napi_value supply(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  bool on = false;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_bool(env, argument, &on);
  supply_tokens(on);
  return NULL;
}

static bool heap_settles(HANDLE heap) {
  HeapLock(heap);
  bool sound = HeapValidate(heap, 0, NULL);
  for (DWORD pause = 1; !sound && pause < 1000; pause *= 2) {
    Sleep(pause);
    sound = HeapValidate(heap, 0, NULL);
  }
  HeapUnlock(heap);
  return sound;
}

static bool heaps_settle(void) { return heap_settles((HANDLE)_get_heap_handle()) && heap_settles(GetProcessHeap()); }

/* Whether the marks around every block of the C runtime's heap and of the process heap are as they were. HeapFree of Wine marks
 * a block as free and fills it before it takes the heap's lock: a thread in the middle of that looks like one that wrote into
 * freed memory. Under the lock each thread gets there once at most and stays there; what is spoilt stays spoilt. */
static napi_value heap_is_sound(napi_env env, napi_callback_info info) {
  (void)info;
  return boolean(env, heaps_settle());
}

/* One byte beyond a block, for the proof that this is seen; undone at once, as the process lives on. */
static napi_value spoil_heap(napi_env env, napi_callback_info info) {
  volatile char *block = HeapAlloc(GetProcessHeap(), 0, 24);
  const char mark = block[24];
  block[24] = (char)~mark;
  napi_value sound = heap_is_sound(env, info);
  block[24] = mark;
  HeapFree(GetProcessHeap(), 0, (void *)block);
  return sound;
}

/* Blocks that take long to fill. */
static DWORD WINAPI free_much(void *running) {
  for (int left = 200; left > 0; left--) HeapFree(GetProcessHeap(), 0, HeapAlloc(GetProcessHeap(), 0, 900000));
  InterlockedExchange(running, 0);
  return 0;
}

/* Whether all is sound every time, while another thread frees memory. */
static napi_value heap_stays_sound(napi_env env, napi_callback_info info) {
  (void)info;
  bool sound = true;
  volatile LONG running = 1;
  const HANDLE thread = CreateThread(NULL, 0, free_much, (void *)&running, 0, NULL);
  while (running != 0) {
    sound = heaps_settle() && sound;
    Sleep(1); /* The lock goes to who asks first: without a pause the other thread would hardly ever get it. */
  }
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  return boolean(env, sound);
}

/* lastInput(): [{ type, data }] */
static napi_value last_input(napi_env env, napi_callback_info info) {
  (void)info;
  struct recorded_buffer buffers[RECORDED_BUFFERS];
  const unsigned count = recorded_input(buffers);
  napi_value list;
  napi_create_array(env, &list);
  for (unsigned i = 0; i < count; i++) {
    napi_value buffer, data;
    napi_create_object(env, &buffer);
    napi_create_buffer_copy(env, buffers[i].size, buffers[i].data, NULL, &data);
    napi_set_named_property(env, buffer, "type", number(env, (int64_t)buffers[i].type));
    napi_set_named_property(env, buffer, "data", data);
    napi_set_element(env, list, i, buffer);
  }
  return list;
}

static void set_text(napi_env env, napi_value object, const char *name, const struct recorded_text *text) {
  napi_value value;
  if (text->length < 0) napi_get_null(env, &value);
  else napi_create_string_utf16(env, (const char16_t *)text->text, (size_t)text->length, &value);
  napi_set_named_property(env, object, name, value);
}

/* lastIdentity(): { version, flags, user, domain, passwordLength, packageList } */
static napi_value last_identity(napi_env env, napi_callback_info info) {
  (void)info;
  struct recorded_identity identity;
  recorded_identity(&identity);
  napi_value object;
  napi_create_object(env, &object);
  napi_set_named_property(env, object, "version", number(env, (int64_t)identity.version));
  napi_set_named_property(env, object, "flags", number(env, (int64_t)identity.flags));
  napi_set_named_property(env, object, "passwordLength", number(env, identity.password_length));
  set_text(env, object, "user", &identity.user);
  set_text(env, object, "domain", &identity.domain);
  set_text(env, object, "packageList", &identity.package_list);
  return object;
}

/* countWideText(buffer): the text in Latin-1, with a NUL */
static napi_value count_wide_text(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value argument;
  void *text = NULL;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_buffer_info(env, argument, &text, &length);
  return number(env, (int64_t)memory_count_wide(text));
}

/* addCertificate(pfx, password) */
static napi_value add_certificate(napi_env env, napi_callback_info info) {
  size_t count = 2, length = 0;
  napi_value arguments[2];
  void *pfx = NULL;
  char16_t password[RECORDED_TEXT];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  napi_get_buffer_info(env, arguments[0], &pfx, &length);
  napi_get_value_string_utf16(env, arguments[1], password, RECORDED_TEXT, NULL);
  return boolean(env, store_add(pfx, (DWORD)length, (const WCHAR *)password));
}

/* removeCertificate(thumbprint) */
static napi_value remove_certificate(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value argument;
  void *thumbprint = NULL;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_buffer_info(env, argument, &thumbprint, &length);
  return boolean(env, store_remove(thumbprint));
}

static napi_value reset(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  supply_tokens(false);
  calls_forget();
  ledger_forget();
  return NULL;
}

static void forget_thread(void *unused) {
  (void)unused;
  loop_thread_removed();
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback function;
  } functions[] = {{"live", live},         {"total", total},       {"misuse", misuse}, {"calls", calls},
                   {"failNext", fail_next}, {"hold", hold},         {"held", held},     {"release", release},
                   {"supplyTokens", supply}, {"reset", reset},         {"heapIsSound", heap_is_sound},
                   {"spoilHeap", spoil_heap}, {"heapStaysSound", heap_stays_sound}, {"lastInput", last_input}, {"lastIdentity", last_identity},
                   {"countWideText", count_wide_text}, {"addCertificate", add_certificate},
                   {"removeCertificate", remove_certificate}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value value;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &value);
    napi_set_named_property(env, exports, functions[i].name, value);
  }
  loop_thread_added();
  napi_add_env_cleanup_hook(env, forget_thread, NULL);
  return exports;
}
