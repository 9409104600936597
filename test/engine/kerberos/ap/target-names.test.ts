import assert from 'node:assert/strict';
import { ClientContext, Credential, ServerContext, type ServerContextOptions, SspiError } from 'secur32';
import { ISC_REQ } from 'secur32/raw';
import { encodeAssertions } from '#dist/engine/kerberos/ap/ap-options.js';
import { encodeGssChecksum } from '#dist/engine/kerberos/ap/gss-checksum.js';
import { encodeGssToken, GSS_TOKEN } from '#dist/engine/kerberos/ap/gss-token.js';
import { CHECKSUM_TYPE } from '#dist/engine/kerberos/constants/checksum-type.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import { makeApRequest } from '#dist/engine/kerberos/kdc/ap-request.js';
import { Side } from '../../../interop/kerberos/side.js';
import { Mint } from './mint.js';

const mint = new Mint();
const sspi = mint.engine();
const identity = { kind: 'ccache', ccache: mint.ccache() } as const;

/** The status that a server ends with that was given the token; undefined where it lets the client in. */
async function refusal(token: Uint8Array, options: ServerContextOptions): Promise<string | undefined> {
  await using credential = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi });
  await using server = new ServerContext(credential, options);
  try {
    assert.ok((await server.step(token)).done);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof SspiError, String(error));
    return error.code;
  }
}

async function ours(): Promise<Uint8Array> {
  await using credential = await Credential.acquire({ package: 'Kerberos', use: 'outbound', identity, sspi });
  await using client = new ClientContext(credential, { targetName: 'HTTP/localhost' });
  return (await client.step()).token!;
}

/** Of a client that says about its target what it likes, or nothing. */
function theirs(targetName?: string): Uint8Array {
  const bytes = encodeGssChecksum({ bindings: undefined, flags: 0 });
  const { message } = makeApRequest(mint.kdc, mint.ticket(), {
    usage: KEY_USAGE.AP_REQ_AUTHENTICATOR,
    checksum: { type: CHECKSUM_TYPE.GSS, bytes },
    seqNumber: 1,
    authorizationData: encodeAssertions({ sendsBindings: false, unverifiedTarget: false, targetName }),
  });
  return encodeGssToken(GSS_TOKEN.AP_REQ, message);
}

describe('The names that a Kerberos server answers to', () => {
  it('are all of its keys where it does not say', async () => {
    assert.equal(await refusal(await ours(), {}), undefined);
  });

  it('are those that it says: what the client meant counts', async () => {
    for (const name of ['HTTP/localhost', 'http/LOCALHOST']) {
      assert.equal(await refusal(await ours(), { targetNames: ['ldap/localhost', name] }), undefined);
    }
    assert.equal(await refusal(await ours(), { targetNames: ['ldap/localhost'] }), 'SEC_E_WRONG_PRINCIPAL');
    // The ticket fits, and was got for another service of the account.
    assert.equal(await refusal(theirs('cifs/localhost'), { targetNames: ['HTTP/localhost'] }), 'SEC_E_WRONG_PRINCIPAL');
  });

  it('of a client that does not say: the name whose key opens the ticket', async () => {
    assert.equal(await refusal(theirs(), { targetNames: ['HTTP/localhost'] }), undefined);
    assert.equal(await refusal(theirs(), { targetNames: ['ldap/localhost'] }), 'SEC_E_WRONG_PRINCIPAL');
  });

  it('of a client that had the name from somebody else: none', async () => {
    const contextReq = ISC_REQ.UNVERIFIED_TARGET_NAME;
    await using side = await Side.open(sspi, 'client', { authData: identity, contextReq });
    const { token } = await side.step();
    assert.equal(await refusal(token!, { targetNames: ['HTTP/localhost'] }), 'SEC_E_WRONG_PRINCIPAL');
  });
});
