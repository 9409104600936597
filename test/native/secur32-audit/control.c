/* The Node addon in this DLL, through which tests read the ledger and steer faults; audit.ts gives it types.
 * Nothing here checks what JavaScript hands over: audit.ts is the only caller. */
#include <malloc.h>
#include <node_api.h>
#include <string.h>

#include "audit.h"

static napi_value number(napi_env env, long value) {
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

/* Whether the marks around every block of the C runtime's heap and of the process heap are as they were. */
static napi_value heap_is_sound(napi_env env, napi_callback_info info) {
  (void)info;
  return boolean(env, _heapchk() == _HEAPOK && HeapValidate(GetProcessHeap(), 0, NULL));
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
                   {"spoilHeap", spoil_heap}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value value;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &value);
    napi_set_named_property(env, exports, functions[i].name, value);
  }
  loop_thread_added();
  napi_add_env_cleanup_hook(env, forget_thread, NULL);
  return exports;
}
