import { join } from 'node:path';
import { crossBuild } from '../../../native/tools/cross-build.js';
import { PROJECT_ROOT } from '../../peers/paths.js';
import { buildAudit } from './audit-build.js';
import type { NodeArchitecture } from './node-exe.js';

export interface AddonBuilds {
  /** The addon as it is shipped. */
  readonly release: string;
  /** The addon that loads secur32-audit.dll from its own folder instead of the system's secur32.dll. */
  readonly audited: string;
}

/** Builds both for an architecture, as far as their sources changed. */
export async function buildAddons(architecture: NodeArchitecture): Promise<AddonBuilds> {
  const folder = join(PROJECT_ROOT, 'build', 'addon', `win32-${architecture}`);
  await buildAudit(architecture, join(folder, 'audit'));
  return {
    release: crossBuild({ architecture, folder }),
    audited: crossBuild({ architecture, folder, target: 'audited' }),
  };
}
