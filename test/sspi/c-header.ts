/** The integer constants of C headers: object-like macros and enumerators, by name. */
export class HeaderConstants {
  readonly #bodies = new Map<string, string[]>();
  readonly #enumerators = new Map<string, bigint>();

  /** Adds one header. Conditions are not evaluated: a macro that has several bodies must mean the same in all. */
  add(source: string): void {
    const text = source.replaceAll(/\\\r?\n/g, ' ').replaceAll(/\/\*[\s\S]*?\*\//g, ' ');
    const lines = text.split('\n').map(line => line.replace(/\/\/.*/, ''));
    for (const line of lines) {
      const [, name, body] = /^\s*#\s*define\s+(\w+)\s+(.*\S)\s*$/.exec(line) ?? [];
      if (name && body) this.#bodies.set(name, [...(this.#bodies.get(name) ?? []), body]);
    }
    const declarations = lines.filter(line => !/^\s*#/.test(line)).join('\n');
    for (const [, members] of declarations.matchAll(/\benum\s+\w*\s*\{([^}]*)\}/g)) this.#addEnumerators(members ?? '');
  }

  /** Every name that was defined, also those whose value is no integer. */
  names(): string[] {
    return [...this.#bodies.keys(), ...this.#enumerators.keys()];
  }

  /** The value, negative ones as unsigned 32-bit; undefined where the name means no integer. */
  value(name: string): number | undefined {
    const enumerator = this.#enumerators.get(name);
    const values = new Set([
      ...(enumerator === undefined ? [] : [enumerator]),
      ...(this.#bodies.get(name) ?? []).map(body => this.#evaluate(body)),
    ]);
    if (values.size > 1) throw new Error(`${name} has several values`);
    const [value] = values;
    if (value === undefined) return undefined;
    return Number(value < 0n ? BigInt.asUintN(32, value) : value);
  }

  #addEnumerators(members: string): void {
    let next = 0n;
    for (const member of members.split(',').map(part => part.trim())) {
      const [, name, body] = /^(\w+)(?:\s*=\s*(.+))?$/s.exec(member) ?? [];
      if (name === undefined) continue;
      const value = body === undefined ? next : this.#evaluate(body);
      if (value === undefined) throw new Error(`enumerator ${name} is not understood: ${body}`);
      this.#enumerators.set(name, value);
      next = value + 1n;
    }
  }

  /** `a | b`, numbers, names, casts such as `((HRESULT)0x1)`, and macros such as `_HRESULT_TYPEDEF_(0x1)`. */
  #evaluate(expression: string): bigint | undefined {
    const tokens = expression.match(/\w+|\S/g) ?? [];
    let position = 0;

    const alternatives = (): bigint | undefined => {
      let value = operand();
      while (tokens[position] === '|') {
        position++;
        const right = operand();
        value = value === undefined || right === undefined ? undefined : value | right;
      }
      return value;
    };
    const operand = (): bigint | undefined => {
      const token = tokens[position++];
      if (token === '-') return negate(operand());
      if (token === '(') return parenthesized();
      if (token === undefined) return undefined;
      if (/^\d/.test(token)) return integer(token);
      if (/^_\w+_TYPEDEF_$/.test(token)) return operand();
      return this.#known(token);
    };
    const parenthesized = (): bigint | undefined => {
      if (CASTS.has(tokens[position] ?? '') && tokens[position + 1] === ')') {
        position += 2;
        return operand();
      }
      const value = alternatives();
      return tokens[position++] === ')' ? value : undefined;
    };

    const value = alternatives();
    return position === tokens.length ? value : undefined;
  }

  #known(name: string): bigint | undefined {
    const value = this.#bodies.has(name) || this.#enumerators.has(name) ? this.value(name) : undefined;
    return value === undefined ? undefined : BigInt(value);
  }
}

const CASTS = new Set(['HRESULT', 'NTSTATUS', 'SECURITY_STATUS', 'ULONG', 'DWORD', 'LONG']);

function negate(value: bigint | undefined): bigint | undefined {
  return value === undefined ? undefined : -value;
}

function integer(token: string): bigint | undefined {
  const digits = token.replace(/(?:[uUlL]+|U?I64)$/i, '');
  return /^(?:0[xX][\da-fA-F]+|\d+)$/.test(digits) ? BigInt(digits) : undefined;
}
