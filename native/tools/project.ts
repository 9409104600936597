import { fileURLToPath } from 'node:url';

/** The project's top folder, seen from `build/native/tools/`. */
export const PROJECT_ROOT: string = fileURLToPath(new URL('../../../', import.meta.url));

/** The architectures that mingw-w64 builds for; arm64 comes from MSVC, because Debian has no C runtime for it. */
export const CROSS_ARCHITECTURES = ['x64', 'ia32'] as const;
Object.freeze(CROSS_ARCHITECTURES);

export type CrossArchitecture = (typeof CROSS_ARCHITECTURES)[number];
