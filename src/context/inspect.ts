import { type InspectOptions, inspect } from 'node:util';

/**
 * Makes util.inspect and console.log show a class's objects by these facts alone, never by what they hold.
 * (A method under a computed name is refused by isolatedDeclarations, so the hook is put in place by a call.)
 */
export function inspectAs<T extends object>(type: { prototype: T; name: string }, facts: (object: T) => object): void {
  Object.defineProperty(type.prototype, inspect.custom, {
    value(this: T, _depth: number, options: InspectOptions): string {
      return `${type.name} ${inspect(facts(this), options)}`;
    },
  });
}
