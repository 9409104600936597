import assert from 'node:assert/strict';
import { SECPKG_ATTR, SECQOP } from 'secur32/raw';
import type { GssStep } from '../../peers/gss/gss-context.js';
import { GssKrb5 } from '../../peers/krb5/gss-krb5.js';
import { exchangeTokens } from '../../peers/run/exchange.js';
import type { Side } from './side.js';

/** A context between one of our sides and one of a GSS library's. Answers the last step of theirs. */
export async function exchange(client: Side | GssKrb5, server: Side | GssKrb5): Promise<GssStep> {
  let last: GssStep | undefined;
  const watch = (side: Side | GssKrb5) => ({
    async step(token?: Uint8Array) {
      const step = await side.step(token);
      if (side instanceof GssKrb5) last = step;
      return step;
    },
  });
  await exchangeTokens(watch(client), watch(server));
  return last!;
}

/** Messages both ways, sealed, signed, and with their signatures apart. */
export async function talk(ours: Side, theirs: GssKrb5): Promise<void> {
  for (const message of ['', 'a', 'hello', 'x'.repeat(70_000)]) {
    for (const qop of [0, SECQOP.WRAP_NO_ENCRYPT]) {
      assert.equal(text(await theirs.unwrap(await ours.wrap(bytes(message), qop))), message);
      const opened = await ours.unwrap(await theirs.wrap(bytes(message), qop === 0));
      assert.deepEqual([text(opened.data), opened.qop], [message, qop]);
    }
    await theirs.verify(bytes(message), await ours.mic(bytes(message)));
    await ours.verify(bytes(message), await theirs.mic(bytes(message)));
  }
}

/** The number of the encryption type of the key that protects messages. */
export async function messageKeyType({ context, sspi }: Side): Promise<number> {
  return (await sspi.queryContextAttributes(context, SECPKG_ATTR.KEY_INFO)).encryptAlgorithm;
}

export async function userName({ context, sspi }: Side): Promise<string> {
  return (await sspi.queryContextAttributes(context, SECPKG_ATTR.NAMES)).userName;
}

const text = (data: Uint8Array): string => Buffer.from(data).toString();
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
