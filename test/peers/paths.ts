import { fileURLToPath } from 'node:url';

/** The project's top folder, seen from `build/test/peers/`. */
export const PROJECT_ROOT: string = fileURLToPath(new URL('../../../', import.meta.url));

/** Where peers compiled from C, and copies of daemons, are kept between runs. */
export const PEER_BUILD_ROOT: string = fileURLToPath(new URL('../../peers/', import.meta.url));

/** Where Heimdal's programs are unpacked: as installed packages they conflict with those of MIT krb5. */
export const HEIMDAL_FOLDER: string = fileURLToPath(new URL('../../peers/heimdal', import.meta.url));

/** The headers of the package mingw-w64-common: `sspi.h`, `schannel.h`, `winerror.h`, ... */
export const MINGW_INCLUDE = '/usr/share/mingw-w64/include';
