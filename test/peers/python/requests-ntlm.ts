import { join } from 'node:path';
import { PROJECT_ROOT } from '../paths.js';
import { TemporaryFolder } from '../run/folder.js';
import { runOrFail } from '../run/run-command.js';
import { PYTHON, writeLegacyConfig } from './python.js';

export interface RequestsNtlmOptions {
  readonly url: string;
  /** `DOMAIN\user`. */
  readonly user: string;
  readonly password: string;
  /** File of the certificate to trust. */
  readonly certificate?: string;
}

export interface RequestsNtlmResult {
  readonly status: number;
  readonly body: string;
}

/** Asks for a page with Python's requests and requests-ntlm, which does NTLMv2 and, over TLS, channel bindings. */
export async function requestsNtlm({
  url,
  user,
  password,
  certificate,
}: RequestsNtlmOptions): Promise<RequestsNtlmResult> {
  await using folder = new TemporaryFolder('requests-ntlm');
  const args = [PROGRAM, url, user, password, ...(certificate === undefined ? [] : [certificate])];
  return JSON.parse(await runOrFail(PYTHON, args, { env: writeLegacyConfig(folder) }));
}

const PROGRAM = join(PROJECT_ROOT, 'test/peers/python/requests-ntlm.py');
