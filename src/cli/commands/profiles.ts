import { type Command, type CommandCall, defineCommand } from '../command.js';
import { JSON_OPTION, openProvider, PROVIDER_OPTION } from '../common-options.js';
import { EXIT, type ExitCode } from '../exit-code.js';

const options = { json: JSON_OPTION, provider: PROVIDER_OPTION } as const;

export const profiles: Command = defineCommand({
  name: 'profiles',
  summary: 'the SASL profiles of the provider, and the package behind each',
  options,
  run,
});

async function run({ values, out }: CommandCall<typeof options>): Promise<ExitCode> {
  const sspi = openProvider(values.provider);
  const rows: { profile: string; package: string; comment: string }[] = [];
  for (const profile of await sspi.saslEnumerateProfiles()) {
    const { name, comment } = await sspi.saslGetProfilePackage(profile);
    rows.push({ profile, package: name, comment });
  }
  if (values.json) {
    out.line(JSON.stringify({ provider: sspi.provider, profiles: rows }, undefined, 2));
    return EXIT.OK;
  }
  const column = (key: 'profile' | 'package'): number => Math.max(...rows.map(row => row[key].length));
  const { strong, quiet } = out.palette;
  for (const row of rows) {
    out.line(
      `${strong(row.profile.padEnd(column('profile')))}  ${row.package.padEnd(column('package'))}  ${quiet(row.comment)}`,
    );
  }
  return EXIT.OK;
}
