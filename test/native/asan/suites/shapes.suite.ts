import assert from 'node:assert/strict';
import { SECPKG_ATTR, SECPKG_CRED_ATTR } from 'secur32/raw';
import { CONTEXT_SHAPES, CREDENTIAL_SHAPES } from '../attribute-shapes.js';
import { useScripted } from '../scripted.js';

describe('values of attributes have the members that their types have', () => {
  const { sspi, context, credential } = useScripted();

  for (const [name, attribute] of Object.entries(SECPKG_ATTR)) {
    const shape = shapeOf(CONTEXT_SHAPES, attribute);
    if (shape === undefined) continue;
    it(name, async () => hasShape(await sspi.queryContextAttributes(await context(), attribute as never), shape));
  }

  for (const [name, attribute] of [...Object.entries(SECPKG_CRED_ATTR), ...Object.entries(SECPKG_ATTR)]) {
    const shape = shapeOf(CREDENTIAL_SHAPES, attribute);
    if (shape === undefined || (name in SECPKG_ATTR && attribute < 0x50)) continue;
    it(`of a credential: ${name}`, async () =>
      hasShape(await sspi.queryCredentialsAttributes(await credential(), attribute as never), shape));
  }
});

type AnyShape = Readonly<Record<string, string>>;

function shapeOf(shapes: Readonly<Record<number, AnyShape>>, attribute: number): AnyShape | undefined {
  return shapes[attribute];
}

function hasShape(value: object, shape: AnyShape): void {
  // A time that never comes is left out.
  const absent = Object.entries(shape).filter(([name, word]) => word === 'date' && !(name in value));
  const found = Object.entries(value).map(([name, member]) => [name, wordFor(member)]);
  assert.deepEqual(Object.fromEntries([...found, ...absent]), shape);
}

function wordFor(value: unknown): string {
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Date) return 'date';
  return Array.isArray(value) ? 'list' : typeof value;
}
