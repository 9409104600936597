import { ccacheFile, defaultCcacheName } from '../../engine/kerberos/ccache/load-ccache.js';
import { type Command, type CommandCall, CommandError, defineCommand } from '../command.js';
import { JSON_OPTION } from '../common-options.js';
import { visible } from '../decode/render-tree.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { CACHE_OPTION } from '../kerberos/ccache-store.js';
import { openKerberos } from '../kerberos/open-kerberos.js';
import { destroyFile } from '../kerberos/private-file.js';

const options = { cache: CACHE_OPTION, json: JSON_OPTION } as const;

export const kdestroy: Command = defineCommand({
  name: 'kdestroy',
  summary: 'take the tickets of a credential cache away',
  options,
  run,
});

async function run({ values, out, variables }: CommandCall<typeof options>): Promise<ExitCode> {
  const { config, environment } = await openKerberos(variables);
  const name = values.cache ?? defaultCcacheName(environment, config);
  const path = await ccacheFile(environment, name);
  try {
    await destroyFile(path);
  } catch (error) {
    throw new CommandError(
      `The credential cache ${visible(name)} cannot be destroyed: ${(error as Error).message}`,
      'secur32 klist shows whether there is one; KRB5CCNAME or --cache names another.',
    );
  }
  if (values.json) out.line(JSON.stringify({ destroyed: name }));
  else out.line(`${out.palette.good('✓')} ${visible(name)} is destroyed`);
  return EXIT.OK;
}
