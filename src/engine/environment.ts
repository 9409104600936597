import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';

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
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly host: HostNames;
}

/** Node's own clock, randomness, files and variables, with the given parts in their place. */
export function nodeEnvironment(parts: Partial<EngineEnvironment> = {}): EngineEnvironment {
  const environment: EngineEnvironment = {
    now: Date.now,
    randomBytes: pooledRandomBytes,
    readFile,
    startProgram,
    variables: process.env,
    host: parts.host ?? hostNames(hostname()),
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

function startProgram(command: string, args: readonly string[]): Program {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
  const parts = [child, child.stdin, child.stdout] as unknown as readonly { ref(): void; unref(): void }[];
  let answer = '';
  let waiting: { check(): void; fail(reason: Error): void } | undefined;
  let over: Error | undefined;
  const end = (reason: Error) => {
    over ??= reason;
    waiting?.fail(over);
  };
  child.on('error', cause => end(new Error(`${command} did not start`, { cause })));
  child.on('close', code => end(new Error(`${command} has ended with ${code}`)));
  child.stdin.on('error', () => {});
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
    waiting?.check();
  });
  for (const part of parts) part.unref();

  return {
    ask(question, isWhole, timeLimit) {
      return new Promise<string>((resolve, reject) => {
        const settle = (outcome: () => void) => {
          clearTimeout(timer);
          waiting = undefined;
          for (const part of parts) part.unref();
          outcome();
        };
        const timer = setTimeout(() => waiting?.fail(new Error(`${command} has not answered in time`)), timeLimit);
        waiting = {
          check() {
            if (isWhole(answer)) settle(() => resolve(answer));
          },
          fail: reason => settle(() => reject(reason)),
        };
        for (const part of parts) part.ref();
        answer = '';
        if (over) waiting.fail(over);
        else child.stdin.write(question);
      });
    },
    stop() {
      end(new Error(`${command} was stopped`));
      child.kill();
    },
  };
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
