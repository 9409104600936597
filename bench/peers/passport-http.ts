/** HTTP Digest as npm has it: passport-http's DigestStrategy as server, digest-header as client. */
import { createRequire } from 'node:module';
import type { Work } from '../measure.js';

const BATCH = 128;
const METHOD = 'GET';
const URI = '/dir/index.html';
const USER = 'alice';
const PASSWORD = 'correct horse';

interface DigestStrategy {
  success(user: string): void;
  fail(challenge: string | number): void;
  error(cause: Error): void;
  authenticate(request: { method: string; url: string; headers: { authorization?: string } }): void;
}
type Secret = (user: string, done: (error: null, user: string, password: string) => void) => void;
type DigestHeader = (method: string, uri: string, challenge: string, userAndPassword: string) => string;

// Both packages are CommonJS without types of their own.
const require = createRequire(import.meta.url);
const passportHttp: { DigestStrategy: new (options: object, secret: Secret) => DigestStrategy } =
  require('passport-http');
const authorize: DigestHeader = require('digest-header');

export function createWork(): Work {
  const strategy = new passportHttp.DigestStrategy({ realm: 'localhost', qop: 'auth' }, (user, done) =>
    done(null, user, PASSWORD),
  );
  return {
    batch: BATCH,
    scale: 1,
    run(): void {
      for (let i = 0; i < BATCH; i++) exchange(strategy);
    },
  };
}

function exchange(strategy: DigestStrategy): void {
  const challenge = answer(strategy, undefined);
  if (typeof challenge !== 'string') throw new Error(`no challenge but ${challenge}`);
  const authorization = authorize(METHOD, URI, challenge, `${USER}:${PASSWORD}`);
  const outcome = answer(strategy, authorization);
  if (outcome !== true) throw new Error(`logon refused: ${outcome}`);
}

/** One request, as passport runs a strategy: on an object of its own that inherits from the strategy. */
function answer(strategy: DigestStrategy, authorization: string | undefined): string | number | true {
  let outcome: string | number | true = 0;
  const attempt: DigestStrategy = Object.create(strategy);
  attempt.success = () => {
    outcome = true;
  };
  attempt.fail = challenge => {
    outcome = challenge;
  };
  attempt.error = cause => {
    throw cause;
  };
  attempt.authenticate({ method: METHOD, url: URI, headers: authorization === undefined ? {} : { authorization } });
  return outcome;
}
