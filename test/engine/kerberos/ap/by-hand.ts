import assert from 'node:assert/strict';
import { SspiError } from 'secur32/raw';
import { encodeGssChecksum } from '#dist/engine/kerberos/ap/gss-checksum.js';
import { encodeGssToken, GSS_TOKEN } from '#dist/engine/kerberos/ap/gss-token.js';
import { CHECKSUM_TYPE } from '#dist/engine/kerberos/constants/checksum-type.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import { type ApRequestOptions, makeApRequest } from '#dist/engine/kerberos/kdc/ap-request.js';
import type { Credentials } from '#dist/engine/kerberos/kdc/credentials.js';
import type { Checksum } from '#dist/engine/kerberos/messages/checksum.js';
import type { Mint, MintOptions } from './mint.js';

export const gssChecksum = (flags: number, bindings?: Uint8Array): Checksum => ({
  type: CHECKSUM_TYPE.GSS,
  bytes: encodeGssChecksum({ flags, bindings }),
});

/** What is different in the ticket, in the AP-REQ, and whose ticket it is if not one of these. */
export type RequestArguments = [options?: MintOptions, more?: Partial<ApRequestOptions>, by?: Credentials];

/** A token with an AP-REQ that is made by hand. */
export function apRequest(
  mint: Mint,
  ...[options = {}, more = {}, by = mint.ticket(options)]: RequestArguments
): Uint8Array {
  const usage = KEY_USAGE.AP_REQ_AUTHENTICATOR;
  const { message } = makeApRequest(mint.kdc, by, { usage, checksum: gssChecksum(0), seqNumber: 1, ...more });
  return encodeGssToken(GSS_TOKEN.AP_REQ, message);
}

export async function refusal(step: Promise<unknown>): Promise<SspiError> {
  const error = await step.then(
    () => assert.fail('it went through'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SspiError, String(error));
  assert.notEqual(error.code, 'SEC_E_INTERNAL_ERROR', String(error.cause));
  return error;
}
