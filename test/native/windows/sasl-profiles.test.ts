import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { AuthData, ContextLeg, CredHandle, CtxtHandle } from 'secur32/raw';
import { ASC_REQ, findBuffer, ISC_REQ, SEC_E, SECBUFFER, SspiError, tokenBuffer } from 'secur32/raw';
import { describeOnWindows } from '../describe-on-windows.js';
import { releaseTable } from './tables.js';
import { WINE } from './under-wine.js';

/** How far an exchange of a profile came. */
interface Journey {
  /** The tokens that were made, in turn. */
  readonly tokens: readonly Uint8Array[];
  readonly done: boolean;
  /** What ended it before it was done. */
  readonly error?: SspiError;
}

/** What an exchange may end with where no domain is at hand: nobody is there to vouch for either side. */
const ALONE: readonly string[] = [
  'SEC_E_LOGON_DENIED',
  'SEC_E_NO_AUTHENTICATING_AUTHORITY',
  'SEC_E_NO_CREDENTIALS',
  'SEC_E_NO_KERB_KEY',
  'SEC_E_TARGET_UNKNOWN',
  'SEC_E_UNKNOWN_CREDENTIALS',
  'SEC_E_WRONG_PRINCIPAL',
  'STATUS_LOGON_FAILURE',
];

// Every profile as far as the machine goes: under Wine there is a KDC and no WDigest, on a Windows that stands alone it is the other way.
describeOnWindows('SASL profiles of this machine', () => {
  const sspi = releaseTable();
  const handles: CredHandle[] = [];
  const contexts: CtxtHandle[] = [];
  afterEach('give everything back', async () => {
    for (const context of contexts.splice(0)) await sspi.deleteSecurityContext(context);
    for (const handle of handles.splice(0)) await sspi.freeCredentialsHandle(handle);
  });

  it('are enumerated, each with its package', async () => {
    const profiles = await sspi.saslEnumerateProfiles();
    for (const name of ['GSSAPI', 'GSS-SPNEGO']) assert.ok(profiles.includes(name), `${name} of ${profiles.join(' ')}`);
    for (const profile of profiles) assert.ok((await sspi.saslGetProfilePackage(profile)).name.length > 0, profile);
  });

  it('GSS-SPNEGO logs the user on who runs the tests', async function () {
    if (!(await has('GSS-SPNEGO'))) return this.skip();
    const { done, error } = await travel('GSS-SPNEGO');
    assert.ok(done, String(error));
  });

  it('GSSAPI exchanges the tokens of Kerberos where there is a KDC, and says that there is none', async function () {
    if (!(await has('GSSAPI'))) return this.skip();
    const { tokens, done, error } = await travel('GSSAPI');
    // Wine's Kerberos opens no stream, which the cookie of RFC 4752 3.1 is: this is how far it goes.
    if (WINE !== undefined) assert.equal(tokens.length, 4, String(error));
    else if (!done) assert.ok(ALONE.includes(error!.code), String(error));
  });

  it('DIGEST-MD5 challenges and answers; accounts for it have domains only', async function () {
    if (!(await has('DIGEST-MD5'))) return this.skip();
    const user: AuthData = { kind: 'password', user: 'nobody', password: 'x' };
    const { tokens, done, error } = await travel('DIGEST-MD5', user);
    // Where not even a challenge comes, nobody may ask for one on this machine.
    if (tokens.length === 0) return assert.ok(ALONE.includes(error!.code), String(error));
    const [challenge, response] = tokens.map(token => Buffer.from(token).toString('latin1'));
    assert.match(challenge!, /nonce="/);
    assert.match(challenge!, /algorithm=md5-sess/);
    assert.match(response!, /username="nobody"/);
    assert.match(response!, /response=[0-9a-f]{32}/);
    assert.equal(done, false);
    assert.ok(ALONE.includes(error!.code), String(error));
  });

  it('EXTERNAL and whatever else there is ends in an answer, or in an error of SSPI', async () => {
    const known = ['GSSAPI', 'GSS-SPNEGO', 'DIGEST-MD5'];
    for (const profile of (await sspi.saslEnumerateProfiles()).filter(name => !known.includes(name))) {
      const { tokens, done, error } = await travel(profile);
      assert.ok(done || tokens.length > 0 || error !== undefined, profile);
    }
  });

  async function has(profile: string): Promise<boolean> {
    return (await sspi.saslEnumerateProfiles()).includes(profile);
  }

  /** Client and server in one process, until both are done or one of them fails. */
  async function travel(profile: string, authData?: AuthData): Promise<Journey> {
    const tokens: Uint8Array[] = [];
    try {
      const { name } = await sspi.saslGetProfilePackage(profile);
      const client = await acquire(name, 'outbound', authData);
      const server = await acquire(name, 'inbound');
      return { tokens, done: await exchange(client, server, profile === 'DIGEST-MD5', tokens) };
    } catch (error) {
      if (!(error instanceof SspiError)) throw error;
      if (error.context !== undefined && !contexts.includes(error.context)) contexts.push(error.context);
      return { tokens, done: false, error };
    }
  }

  async function exchange(
    client: CredHandle,
    server: CredHandle,
    serverBegins: boolean,
    tokens: Uint8Array[],
  ): Promise<boolean> {
    const sides: Record<'client' | 'server', ContextLeg | undefined> = { client: undefined, server: undefined };
    let turn: 'client' | 'server' = serverBegins ? 'server' : 'client';
    let token = new Uint8Array(0);
    for (let leg = 0; leg < MOST_LEGS; leg++) {
      const call = { input: tokens.length === 0 ? [] : [tokenBuffer(token)], ...contextOf(sides[turn]) };
      const answer: ContextLeg =
        turn === 'client'
          ? await sspi.saslInitializeSecurityContext({
              ...{ ...call, credential: client, targetName: 'HTTP/localhost' },
              contextReq: ISC_REQ.MUTUAL_AUTH | ISC_REQ.INTEGRITY,
            })
          : await sspi.saslAcceptSecurityContext({
              ...call,
              ...(serverBegins && tokens.length === 0 && { input: [tokenBuffer(new Uint8Array(0))] }),
              credential: server,
              contextReq: ASC_REQ.INTEGRITY,
            });
      if (!contexts.includes(answer.context)) contexts.push(answer.context);
      sides[turn] = answer;
      token = Uint8Array.from(findBuffer(answer.output, SECBUFFER.TOKEN)?.data ?? []);
      tokens.push(token);
      if (sides.client?.status === SEC_E.OK && sides.server?.status === SEC_E.OK) return true;
      turn = turn === 'client' ? 'server' : 'client';
    }
    return false;
  }

  async function acquire(
    packageName: string,
    credentialUse: 'inbound' | 'outbound',
    authData?: AuthData,
  ): Promise<CredHandle> {
    const call = { package: packageName, credentialUse, ...(authData && { authData }) };
    const { credential } = await sspi.acquireCredentialsHandle(call);
    handles.push(credential);
    return credential;
  }
});

/** More than any profile has. */
const MOST_LEGS = 12;

function contextOf(leg: ContextLeg | undefined): { context?: CtxtHandle } {
  return leg === undefined ? {} : { context: leg.context };
}
