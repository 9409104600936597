/**
 * Runs in node.exe: the plain program's figures and the addon's own, in turn, and the best of each side by side. The best, as what
 * else runs on the machine only ever makes a call slower.
 */
import { spawnSync } from 'node:child_process';
import { randomFill } from 'node:crypto';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { promisify } from 'node:util';
import type { CredHandle } from 'secur32/raw';
import { SECBUFFER } from 'secur32/raw';
import type { NativeAddon } from '#dist/native/addon.js';
import { type ClientSide, Party, type Side } from '../../test/native/windows/handshake.js';
import { clientSide, serverSide } from '../../test/native/windows/people.js';
import { releaseTable } from '../../test/native/windows/tables.js';

const randomFillOf = promisify(randomFill<Uint8Array>);

interface Figure {
  readonly plain: number[];
  readonly addon: number[];
}

/** Two sides with their credentials. */
interface Pair {
  readonly client: ClientSide;
  readonly server: Side;
  readonly credentials: readonly [CredHandle, CredHandle];
}

/** Room for the token of a sealed Kerberos message: Wine's SIZES say less than it needs. */
const TRAILER_ROOM = 100;
/** Wine's NTLM server starts a process for each handshake. */
const NTLM_SHARE = 50;
const SIZES: readonly number[] = [64, 1024, 16_384];

const [plain = '', handshakes = '100', messages = '2000', rounds = '20'] = process.argv.slice(2);
const sspi = releaseTable();
const figures = new Map<string, Figure>();
for (let round = 0; round < Number(rounds); round++) {
  runPlain();
  await measureHandshakes(
    'handshake/NTLM',
    await pairOf(clientSide(sspi, 'NTLM'), serverSide(sspi, 'NTLM')),
    Number(handshakes) / NTLM_SHARE,
  );
  const kerberos = await pairOf(clientSide(sspi), serverSide(sspi));
  await measureHandshakes('handshake/Kerberos', kerberos, Number(handshakes));
  await measureMessages(kerberos, Number(messages));
  await measureHops(Number(messages) / 4);
}
console.log(row('microseconds', 'plain C', 'addon', 'adds', 'ratio'));
for (const [name, figure] of figures) {
  const [base, ours] = [Math.min(...figure.plain), Math.min(...figure.addon)];
  console.log(row(name, base.toFixed(2), ours.toFixed(2), (ours - base).toFixed(2), `${(ours / base).toFixed(2)}x`));
}

function runPlain(): void {
  const { stdout, stderr, status } = spawnSync(plain, [handshakes, messages], { encoding: 'latin1' });
  if (status !== 0) throw new Error(`the plain program ended with ${status}: ${stderr}`);
  for (const line of stdout.trim().split(/\r?\n/)) {
    const [name = '', value] = line.split(' ');
    figure(name).plain.push(Number(value));
  }
}

async function measureHandshakes(name: string, pair: Pair, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await deleteBoth(await handshake(pair));
    figure(name).addon.push((performance.now() - start) * 1000);
  }
}

/** A call that does nothing on a work thread, and the least that Node's own thread pool does: what it costs to come and go. */
async function measureHops(count: number): Promise<void> {
  const addon = createRequire(import.meta.url)(process.env['SECUR32_ADDON'] ?? '') as NativeAddon;
  const context = addon.createContext();
  const byte = new Uint8Array(1);
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await randomFillOf(byte);
    const between = performance.now();
    await addon.waitForTurn(context);
    const { plain, addon: ours } = figure('nothing (libuv, addon)');
    plain.push((between - start) * 1000);
    ours.push((performance.now() - between) * 1000);
  }
}

async function measureMessages(pair: Pair, count: number): Promise<void> {
  const parties = await handshake(pair);
  const { context } = parties[0];
  const token = { type: SECBUFFER.TOKEN, data: new Uint8Array(TRAILER_ROOM) };
  for (const size of SIZES) {
    const buffers = [token, { type: SECBUFFER.DATA, data: new Uint8Array(size) }];
    measureCalls(`EncryptMessage/${size}`, count, () => sspi.encryptMessageSync(context, { buffers }));
    measureCalls(`MakeSignature/${size}`, count, () => sspi.makeSignatureSync(context, { buffers }));
  }
  await deleteBoth(parties);
}

function measureCalls(name: string, count: number, call: () => void): void {
  for (let i = 0; i < count / 10; i++) call();
  const start = performance.now();
  for (let i = 0; i < count; i++) call();
  figure(name).addon.push(((performance.now() - start) * 1000) / count);
}

async function handshake({ client, server, credentials }: Pair): Promise<[Party, Party]> {
  const parties: [Party, Party] = [new Party(client, credentials[0]), new Party(server, credentials[1])];
  let token: Uint8Array | undefined;
  while (!(parties[0].done && parties[1].done)) {
    token = await parties[0].initialize('HTTP/localhost', token);
    if (!parties[1].done) token = await parties[1].accept(token);
  }
  return parties;
}

async function deleteBoth(parties: readonly Party[]): Promise<void> {
  for (const { context } of parties) await sspi.deleteSecurityContext(context);
}

async function pairOf(client: ClientSide, server: Side): Promise<Pair> {
  const { credential: outbound } = await sspi.acquireCredentialsHandle(client.credential);
  const { credential: inbound } = await sspi.acquireCredentialsHandle(server.credential);
  return { client, server, credentials: [outbound, inbound] };
}

function figure(name: string): Figure {
  const found = figures.get(name) ?? { plain: [], addon: [] };
  figures.set(name, found);
  return found;
}

function row(name: string, ...cells: readonly string[]): string {
  return [name.padEnd(24), ...cells.map(cell => cell.padStart(10))].join('');
}
