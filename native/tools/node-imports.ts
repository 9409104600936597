import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project.js';
import { readSourceList } from './source-files.js';

const { symbols }: NodeApiHeaders = createRequire(import.meta.url)('node-api-headers');

interface NodeApiHeaders {
  readonly symbols: Readonly<Record<string, SymbolNames>>;
}

interface SymbolNames {
  readonly js_native_api_symbols: readonly string[];
  readonly node_api_symbols: readonly string[];
}

/** The file that `nodeImportsSource` is the text of. */
export const NODE_IMPORTS: string = join(PROJECT_ROOT, 'native', 'mingw', 'node_imports.c');

/**
 * Import pointers of every function of the Node-API version that sources.json names, filled in when the addon is
 * loaded.
 *
 * An ordinary import library names `node.exe`, and the loader then refuses every host that is called otherwise
 * (Electron, a renamed node.exe). MSVC solves that by a delay-load hook; delay loading by mingw-w64 crashes on ia32.
 */
export function nodeImportsSource(): string {
  const version = nodeApiVersion();
  const names = symbols[`v${version}`];
  if (names === undefined) throw new Error(`node-api-headers knows no Node-API version ${version}`);
  const functions = [...names.js_native_api_symbols, ...names.node_api_symbols].sort();
  return `/* Made by native/tools/node-imports.ts; "npm run build:imports" writes it anew.
 *
 * The import pointers of Node-API version ${version}, filled from the running executable (or from libnode.dll, where Node is
 * built as a library) before any constructor of the addon runs. The addon imports nothing from "node.exe", so it
 * loads in a host of any name. */
#include <windows.h>

#if defined(__i386__)
#define IMPORT(name) _imp__##name
#else
#define IMPORT(name) __imp_##name
#endif

#define NODE_API_FUNCTIONS(X) \\
${functions.map(name => `  X(${name})`).join(' \\\n')}

#define DECLARE(name) FARPROC IMPORT(name);
NODE_API_FUNCTIONS(DECLARE)

static const struct {
  FARPROC *pointer;
  const char *name;
} imports[] = {
#define ENTRY(name) {&IMPORT(name), #name},
    NODE_API_FUNCTIONS(ENTRY)};

__attribute__((constructor(101))) static void fill_imports(void) {
  HMODULE host = GetModuleHandleW(L"libnode.dll");
  if (host == NULL || GetProcAddress(host, "napi_create_object") == NULL) host = GetModuleHandleW(NULL);
  for (size_t i = 0; i < sizeof imports / sizeof *imports; i++) {
    *imports[i].pointer = GetProcAddress(host, imports[i].name);
  }
}
`;
}

function nodeApiVersion(): string {
  const found = readSourceList().defines.find(define => define.startsWith('NAPI_VERSION='));
  if (found === undefined) throw new Error('sources.json defines no NAPI_VERSION');
  return found.slice('NAPI_VERSION='.length);
}
