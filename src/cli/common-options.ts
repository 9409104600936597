import type { SecurityFunctionTable } from '../sspi/function-table.js';
import { initSecurityInterface, type SecurityInterfaceOptions } from '../sspi/select.js';
import { CommandError } from './command.js';

/** Options that more than one command has. */
export const JSON_OPTION = { type: 'boolean', description: 'print JSON for programs' } as const;
export const PROVIDER_OPTION = {
  type: 'string',
  value: 'NAME',
  choices: ['auto', 'native', 'engine'],
  description: 'auto (default): Secur32.dll on Windows, the engine elsewhere',
} as const;

/** The security functions that `--provider` names. Throws `CommandError` where they cannot be had. */
export function openProvider(
  provider: string | undefined,
  options: Omit<SecurityInterfaceOptions, 'provider'> = {},
): SecurityFunctionTable {
  const name = (provider ?? 'auto') as NonNullable<SecurityInterfaceOptions['provider']>;
  try {
    return initSecurityInterface({ ...options, provider: name });
  } catch (error) {
    throw new CommandError(
      `The provider ${JSON.stringify(name)} cannot be had. ${(error as Error).message}`,
      'Try --provider engine: the same packages in TypeScript, on any platform.',
    );
  }
}
