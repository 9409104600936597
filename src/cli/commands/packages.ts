import { SECPKG_FLAG, SECPKG_ID_NONE, type SecPkgInfo } from '../../sspi/packages.js';
import { type Command, type CommandCall, defineCommand } from '../command.js';
import { JSON_OPTION, openProvider, PROVIDER_OPTION } from '../common-options.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { wrapText } from '../text-layout.js';

const options = { json: JSON_OPTION, provider: PROVIDER_OPTION } as const;

export const packages: Command = defineCommand({
  name: 'packages',
  summary: 'the security packages of the provider, and what they can do',
  options,
  run,
});

async function run({ values, out }: CommandCall<typeof options>): Promise<ExitCode> {
  const sspi = openProvider(values.provider);
  const infos = await sspi.enumerateSecurityPackages();
  if (values.json) {
    const list = infos.map(info => ({ ...info, capabilityNames: capabilityNames(info.capabilities) }));
    out.line(JSON.stringify({ provider: sspi.provider, packages: list }, undefined, 2));
  } else {
    for (const [index, info] of infos.entries()) printPackage(out, info, index);
  }
  return EXIT.OK;
}

function printPackage(out: Terminal, info: SecPkgInfo, index: number): void {
  const { strong, quiet } = out.palette;
  if (index > 0) out.line();
  out.line(`${strong(info.name)}  ${info.comment}`);
  const facts = [`version ${info.version}`, `tokens up to ${info.maxToken} bytes`];
  if (info.rpcId !== SECPKG_ID_NONE) facts.push(`RPC authentication service ${info.rpcId}`);
  out.line(`  ${facts.join(', ')}`);
  const names = capabilityNames(info.capabilities).join(' ');
  for (const line of wrapText(names, out.width - 2)) out.line(quiet(`  ${line}`));
}

function capabilityNames(capabilities: number): string[] {
  return Object.entries(SECPKG_FLAG)
    .filter(([, bit]) => (capabilities & bit) !== 0)
    .map(([name]) => name);
}
