import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { initSecurityInterface } from 'secur32/raw';
import { loadNativeFrom } from '#dist/native/load-native.js';

describe('loading the addon', () => {
  it('says of every file why it is not the addon', () => {
    const folder = mkdtempSync(join(tmpdir(), 'secur32-load-'));
    try {
      const absent = join(folder, 'absent.node');
      const broken = join(folder, 'broken.node');
      writeFileSync(broken, 'not a library');
      assert.throws(
        () => loadNativeFrom([absent, broken]),
        (error: AggregateError) => {
          assert.ok(error instanceof AggregateError);
          assert.equal(error.errors.length, 2);
          assert.match(error.message, /absent\.node: no such file/);
          assert.match(error.message, /broken\.node: \S/);
          assert.match(error.message, /provider: 'engine'/);
          return true;
        },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  if (process.platform !== 'win32') {
    it('is refused where there is no Windows, with all that was tried', () => {
      assert.throws(() => initSecurityInterface({ provider: 'native' }), {
        message: new RegExp(
          `prebuilds.${process.platform}-${process.arch}.secur32\\.node: no such file\n.*build.Release.secur32\\.node: `,
        ),
      });
    });
  }
});
