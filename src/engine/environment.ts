import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { NodeResolver } from './environment/node-resolver.js';
import { NodeTransport } from './environment/node-transport.js';
import type { Resolver } from './environment/resolver.js';
import type { Transport } from './environment/transport.js';

/** The names of the machine that the engine speaks for. */
export interface HostNames {
  /** Up to 15 characters, upper case: `SERVER`. */
  readonly netbiosName: string;
  /** Fully qualified where the machine knows it: `server.example.com`. */
  readonly dnsName: string;
  readonly netbiosDomain: string;
  /** `example.com`; empty where the machine is in no domain. */
  readonly dnsDomain: string;
}

/** A program of the machine that is talked to over its standard input and output. */
export interface Program {
  /**
   * Writes `question`, and resolves with what comes back once `isWhole` says that all has come. Rejects where the program ends before, or
   * has not answered after `timeLimit` milliseconds. One question at a time.
   */
  ask(question: string, isWhole: (answer: string) => boolean, timeLimit: number): Promise<string>;
  /** Ends the program; a question that waits rejects. */
  stop(): void;
}

/**
 * All that the engine takes from outside: replace a part to replay an exchange byte for byte.
 * Random bytes are asked for once per value, in the size of the value.
 */
export interface EngineEnvironment {
  /** Milliseconds since 1970. */
  now(): number;
  /** Cryptographically random bytes. */
  randomBytes(size: number): Uint8Array;
  readFile(path: string): Promise<Uint8Array>;
  /** Starts a program. It does not keep this process from ending, and is told to end with it by the end of its input. */
  startProgram(command: string, args: readonly string[]): Program;
  /** The names of what is in a folder. */
  readDirectory(path: string): Promise<string[]>;
  /** Carries requests to Kerberos servers. */
  readonly transport: Transport;
  /** Finds them in the DNS. */
  readonly resolver: Resolver;
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly host: HostNames;
  /** The number of the user that the process runs as; undefined where the system has none. */
  readonly userId: number | undefined;
}

/** Node's own clock, randomness, files and variables, with the given parts in their place. */
export function nodeEnvironment(parts: Partial<EngineEnvironment> = {}): EngineEnvironment {
  const environment: EngineEnvironment = {
    now: Date.now,
    randomBytes: pooledRandomBytes,
    readFile,
    startProgram: (command, args) => new ChildProgram(command, args),
    readDirectory: path => readdir(path),
    transport: new NodeTransport(),
    resolver: new NodeResolver(),
    variables: process.env,
    host: parts.host ?? hostNames(hostname()),
    userId: process.getuid?.(),
  };
  return Object.freeze({ ...environment, ...parts });
}

/** Names of a machine out of its host name, qualified or not. */
export function hostNames(name: string): HostNames {
  const dot = name.indexOf('.');
  const label = dot < 0 ? name : name.slice(0, dot);
  const dnsDomain = dot < 0 ? '' : name.slice(dot + 1);
  const domainLabel = dnsDomain.split('.', 1)[0] ?? '';
  return {
    netbiosName: label.slice(0, 15).toUpperCase(),
    dnsName: name,
    netbiosDomain: (domainLabel || 'WORKGROUP').slice(0, 15).toUpperCase(),
    dnsDomain,
  };
}

/** A child process. It holds this one up only while a question waits for its answer. */
class ChildProgram implements Program {
  readonly #command: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #answer = '';
  #question:
    | { resolve(answer: string): void; reject(reason: Error): void; isWhole(answer: string): boolean }
    | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over: Error | undefined;

  constructor(command: string, args: readonly string[]) {
    this.#command = command;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    this.#child.on('error', cause => this.#end(new Error(`${command} did not start`, { cause })));
    this.#child.on('close', code => this.#end(new Error(`${command} has ended with ${code}`)));
    // What a broken pipe means is told by the end of the program.
    this.#child.stdin.on('error', () => {});
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#receive(text));
    this.#hold('unref');
  }

  ask(question: string, isWhole: (answer: string) => boolean, timeLimit: number): Promise<string> {
    if (this.#over) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      this.#answer = '';
      this.#question = { resolve, reject, isWhole };
      this.#timer = setTimeout(() => this.#fail(new Error(`${this.#command} has not answered in time`)), timeLimit);
      this.#hold('ref');
      this.#child.stdin.write(question);
    });
  }

  stop(): void {
    this.#end(new Error(`${this.#command} was stopped`));
    this.#child.kill();
  }

  #receive(text: string): void {
    this.#answer += text;
    if (this.#question?.isWhole(this.#answer)) this.#settle()?.resolve(this.#answer);
  }

  #end(reason: Error): void {
    this.#over ??= reason;
    this.#fail(this.#over);
  }

  #fail(reason: Error): void {
    this.#settle()?.reject(reason);
  }

  /** The question that waits, which waits no longer. */
  #settle() {
    const question = this.#question;
    this.#question = undefined;
    clearTimeout(this.#timer);
    this.#hold('unref');
    return question;
  }

  #hold(what: 'ref' | 'unref'): void {
    this.#child[what]();
    // Pipes are sockets, whose type does not say so.
    for (const pipe of [this.#child.stdin, this.#child.stdout]) (pipe as Partial<Socket>)[what]?.();
  }
}

const POOL_SIZE = 4096;
let pool: Uint8Array = new Uint8Array(0);
let poolOffset = 0;

/** A call of the system's generator costs far more than the few bytes of a nonce: ask for many, hand out copies, wipe what was used. */
function pooledRandomBytes(size: number): Uint8Array {
  if (size > POOL_SIZE / 8) return new Uint8Array(randomBytes(size));
  if (poolOffset + size > pool.length) {
    pool = randomBytes(POOL_SIZE);
    poolOffset = 0;
  }
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++, poolOffset++) {
    bytes[i] = pool[poolOffset]!;
    pool[poolOffset] = 0;
  }
  return bytes;
}
