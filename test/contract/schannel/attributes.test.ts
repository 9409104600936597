import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { CtxtHandle, SecurityFunctionTable } from 'secur32/raw';
import { applicationProtocols, SECBUFFER, SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { describePairs } from '../pairs.js';
import { Connection, type ConnectionTerms } from './connection.js';
import { NO_OPTIONS } from './versions.js';

const TLS12 = { protocols: SP_PROT.TLS1_2_CLIENT } as const;

describePairs('Schannel: attributes', NO_OPTIONS, pair => {
  type Side = readonly [SecurityFunctionTable, CtxtHandle];
  async function sides(terms: ConnectionTerms = {}): Promise<[Side, Side]> {
    const { client, server } = await pair.keep(Connection.make(pair, terms));
    return [
      [pair.clientTable, client.context],
      [pair.serverTable, server.context],
    ];
  }

  pair.it('STREAM_SIZES: records of 16 KiB in four buffers', async () => {
    for (const [table, context] of await sides()) {
      const sizes = await table.queryContextAttributes(context, SECPKG_ATTR.STREAM_SIZES);
      assert.ok(sizes.header >= 5 && sizes.trailer > 0);
      assert.equal(sizes.maximumMessage, 16384);
      assert.equal(sizes.bufferCount, 4);
    }
  });

  pair.it('UNIQUE_BINDINGS: the same on both sides of TLS 1.2', async () => {
    const values: Buffer[] = [];
    for (const [table, context] of await sides(TLS12)) {
      const { bindings } = await table.queryContextAttributes(context, SECPKG_ATTR.UNIQUE_BINDINGS);
      values.push(Buffer.from(bindings));
    }
    assert.equal(values[0]!.subarray(32, 43).toString(), 'tls-unique:');
    assert.deepEqual(values[0], values[1]);
  });

  pair.it('ENDPOINT_BINDINGS: the same on both sides', async () => {
    const values: Buffer[] = [];
    for (const [table, context] of await sides(TLS12)) {
      const { bindings } = await table.queryContextAttributes(context, SECPKG_ATTR.ENDPOINT_BINDINGS);
      values.push(Buffer.from(bindings));
    }
    assert.equal(values[0]!.subarray(32, 53).toString(), 'tls-server-end-point:');
    assert.deepEqual(values[0], values[1]);
  });

  pair.it('CIPHER_INFO: the same on both sides', async () => {
    const suites: number[] = [];
    for (const [table, context] of await sides(TLS12))
      suites.push((await table.queryContextAttributes(context, SECPKG_ATTR.CIPHER_INFO)).cipherSuite);
    assert.ok(suites[0]! > 0);
    assert.equal(suites[0], suites[1]);
  });

  pair.it('APPLICATION_PROTOCOL: what both have', async () => {
    const input = [{ type: SECBUFFER.APPLICATION_PROTOCOLS, data: applicationProtocols(['h2', 'http/1.1']) }];
    for (const [table, context] of await sides({ ...TLS12, input })) {
      const { protocolId } = await table.queryContextAttributes(context, SECPKG_ATTR.APPLICATION_PROTOCOL);
      assert.equal(Buffer.from(protocolId).toString(), 'h2');
    }
  });
});
