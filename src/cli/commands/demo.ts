import { memoryAccounts } from '../../engine/accounts/memory-accounts.js';
import type { EngineOptions } from '../../engine/options.js';
import { type Command, type CommandCall, defineCommand, UsageError } from '../command.js';
import { JSON_OPTION, openProvider, PROVIDER_OPTION } from '../common-options.js';
import { playDemo } from '../demo/play.js';
import { DEMO_ACCOUNT } from '../demo/profiles.js';
import { TextRenderer } from '../demo/render-text.js';
import type { DemoEvent } from '../demo/transcript.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { runServer } from '../serve/run-server.js';
import { ACCOUNTS_OPTION, PORT_OPTION } from '../serve/serve-options.js';

const options = {
  verbose: { type: 'boolean', description: 'show everything, and the bytes of tokens and messages' },
  json: JSON_OPTION,
  provider: PROVIDER_OPTION,
  serve: { type: 'boolean', description: 'keep the server up for other clients, as secur32 serve does' },
  port: PORT_OPTION,
  accounts: ACCOUNTS_OPTION,
} as const;

export const demo: Command = defineCommand({
  name: 'demo',
  summary: 'log on with every SASL profile over IMAP on loopback, and show each exchange',
  options,
  run,
});

async function run(call: CommandCall<typeof options>): Promise<ExitCode> {
  const { values, out } = call;
  if (values.serve) return runServer(call);
  for (const name of ['port', 'accounts'] as const) {
    if (values[name] !== undefined) throw new UsageError(`--${name} goes with --serve`);
  }
  const sspi = openProvider(values.provider, { engine: demoEngine() });
  const events: DemoEvent[] = [];
  const { palette, width } = out;
  const renderer = new TextRenderer({ palette, width, verbose: values.verbose ?? false });
  const summary = await playDemo(sspi, event => {
    if (values.json) events.push(event);
    else for (const line of renderer.lines(event)) out.line(line);
  });
  if (values.json) out.line(JSON.stringify({ asExpected: summary.asExpected, events }, bytesAsHex, 2));
  return summary.asExpected ? EXIT.OK : EXIT.FAILURE;
}

/** What the demo's engine is made with: one account, one realm. */
export function demoEngine(environment: EngineOptions['environment'] = {}): EngineOptions {
  return { accounts: memoryAccounts([DEMO_ACCOUNT]), digest: { realms: ['example.com'] }, environment };
}

function bytesAsHex(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
