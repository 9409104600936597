import assert from 'node:assert/strict';
import { drawHandshake, HANDSHAKE_PATH } from './handshake.js';
import { readProjectFile } from './source-files.js';

describe('the picture of README.md', () => {
  it('is what the code draws of its own transcript (else: npm run picture)', async () => {
    assert.equal(readProjectFile(HANDSHAKE_PATH), await drawHandshake());
  });

  it('shows the calls, their statuses and the parts of the tokens', async () => {
    const svg = await drawHandshake();
    for (const text of [
      'SaslInitializeSecurityContext',
      'SaslAcceptSecurityContext',
      'SEC_I_CONTINUE_NEEDED',
      'SEC_E_OK',
      'digest-uri',
      'rspauth',
      'alice@example.com is logged on',
      'EncryptMessage',
      'DecryptMessage',
      'DeleteSecurityContext',
    ]) {
      assert.ok(svg.includes(`>${text}</text>`), text);
    }
  });

  it('is well-formed and stands alone: no script, nothing from elsewhere', async () => {
    const svg = await drawHandshake();
    const open: string[] = [];
    for (const [, close, name, empty] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
      if (close) assert.equal(open.pop(), name);
      else if (!empty) open.push(name!);
    }
    assert.deepEqual(open, []);
    assert.doesNotMatch(svg, /<script|<image|<use|href|url\(|@import/);
  });
});
