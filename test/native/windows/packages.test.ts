import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { SECPKG_FLAG, SspiError } from 'secur32/raw';
import { describeOnWindows } from '../describe-on-windows.js';
import { releaseTable } from './tables.js';
import { WINE } from './under-wine.js';

describeOnWindows('packages of the real Secur32.dll', () => {
  const sspi = releaseTable();

  it('says which provider it is', () => {
    assert.equal(sspi.provider, 'native');
  });

  it('lists them', async () => {
    const packages = await sspi.enumerateSecurityPackages();
    const names = packages.map(({ name }) => name);
    for (const name of ['NTLM', 'Negotiate', 'Kerberos', 'Schannel']) assert.ok(names.includes(name), name);
    for (const { capabilities, maxToken, version, comment } of packages) {
      assert.ok(capabilities > 0 && maxToken > 0 && version === 1 && comment.length > 0);
    }
  });

  it('describes one, whatever the case of its name', async () => {
    const { name, capabilities } = await sspi.querySecurityPackageInfo('ntlm');
    assert.equal(name, 'NTLM');
    assert.ok(capabilities & SECPKG_FLAG.CONNECTION);
  });

  it('does not know a package that is none', async () => {
    await assert.rejects(sspi.querySecurityPackageInfo('NoSuchPackage'), (error: SspiError) => {
      assert.ok(error instanceof SspiError);
      assert.deepEqual(
        { code: error.code, syscall: error.syscall, provider: error.provider },
        { code: 'SEC_E_SECPKG_NOT_FOUND', syscall: 'QuerySecurityPackageInfo', provider: 'native' },
      );
      return true;
    });
  });

  it('wants a name that Windows reads whole', async () => {
    await assert.rejects(sspi.querySecurityPackageInfo('NTLM\0x'), TypeError);
  });

  it('are not those of a secur32.dll that somebody put beside node.exe', function () {
    // Wine prefers its own DLLs to those beside a program.
    const addon = process.env['SECUR32_TEST_ADDON'];
    if (WINE !== undefined || addon === undefined) return this.skip();
    const folder = mkdtempSync(join(dirname(addon), 'planted-'));
    try {
      const node = join(folder, 'node.exe');
      copyFileSync(process.execPath, node);
      copyFileSync(join(dirname(addon), 'secur32-audit.dll'), join(folder, 'secur32.dll'));
      const program = fileURLToPath(new URL('./programs/beside-a-planted-dll.js', import.meta.url));
      const { stdout, stderr } = spawnSync(node, [program], { encoding: 'utf8' });
      assert.equal(stdout, '[]', stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
