import assert from 'node:assert/strict';
import { initSecurityInterface, SECPKG_FLAG } from 'secur32/raw';
import { runCli } from './run-cli.js';

describe('secur32 packages, secur32 profiles', () => {
  const sspi = initSecurityInterface({ provider: 'engine' });

  it('prints every package as the provider describes it', async () => {
    const { code, stdout } = await runCli(['packages', '--json', '--provider', 'engine']);
    assert.equal(code, 0);
    const { provider, packages } = JSON.parse(stdout) as {
      provider: string;
      packages: { capabilities: number; capabilityNames: (keyof typeof SECPKG_FLAG)[] }[];
    };
    assert.equal(provider, 'engine');
    assert.deepEqual(
      packages.map(({ capabilityNames: _, ...info }) => info),
      await sspi.enumerateSecurityPackages(),
    );
    for (const { capabilities, capabilityNames } of packages) {
      assert.equal(capabilityNames.reduce((bits, name) => bits | SECPKG_FLAG[name], 0) >>> 0, capabilities);
    }
  });

  it('prints every profile with its package', async () => {
    const { code, stdout } = await runCli(['profiles', '--json', '--provider', 'engine']);
    assert.equal(code, 0);
    const { profiles } = JSON.parse(stdout) as { profiles: { profile: string; package: string }[] };
    assert.deepEqual(
      profiles.map(({ profile }) => profile),
      await sspi.saslEnumerateProfiles(),
    );
    for (const row of profiles) assert.equal(row.package, (await sspi.saslGetProfilePackage(row.profile)).name);
  });

  it('says the same to people', async () => {
    const packages = await runCli(['packages', '--provider', 'engine']);
    const profiles = await runCli(['profiles', '--provider', 'engine']);
    for (const { name, comment } of await sspi.enumerateSecurityPackages()) {
      assert.ok(packages.stdout.includes(`${name}  ${comment}\n`));
    }
    for (const profile of await sspi.saslEnumerateProfiles()) {
      assert.match(profiles.stdout, new RegExp(`^${profile} +\\S`, 'm'));
    }
  });
});
