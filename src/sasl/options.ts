import type { Awaitable } from '../sspi/awaitable.js';
import { SASL_OPTION, type SaslOptionValues } from '../sspi/sasl.js';
import { SEC_E } from '../sspi/status.js';
import type { InnerContext } from './inner-context.js';
import { checkAuthzProcessing, checkAuthzString, checkSize } from './option-values.js';
import type { SaslExchange } from './profile.js';
import { SaslFailure } from './sasl-failure.js';
import type { SaslRole } from './sasl-role.js';
import { DEFAULT_BUFFER_SIZE } from './settings.js';

/** The context whose options they are. */
export interface OptionHolder {
  readonly role: SaslRole;
  readonly inner: InnerContext;
  readonly exchange: SaslExchange;
  /** Whether the last leg has been made. */
  readonly done: boolean;
}

/** The value of an option now. Source: Microsoft Learn, "SaslGetContextOption". */
export function readOption<O extends keyof SaslOptionValues>(
  context: OptionHolder,
  option: O,
): Awaitable<SaslOptionValues[O]> {
  const row = OPTIONS.get(option);
  if (!row) throw unknownOption(option);
  return row.read(context) as Awaitable<SaslOptionValues[O]>;
}

/** Source: Microsoft Learn, "SaslSetContextOption". */
export function writeOption(context: OptionHolder, option: number, value: unknown): void {
  const row = OPTIONS.get(option);
  if (!row) throw unknownOption(option);
  row.write(context, value);
}

interface OptionRow {
  read(context: OptionHolder): Awaitable<number | Uint8Array>;
  write(context: OptionHolder, value: unknown): void;
}

const OPTIONS: ReadonlyMap<number, OptionRow> = new Map<number, OptionRow>([
  [
    SASL_OPTION.SEND_SIZE,
    {
      /** What the owner has set is a wish; more than the peer takes it cannot be. */
      async read({ inner, exchange, done }) {
        const wished = inner.settings.sendSize;
        if (!done) return wished ?? DEFAULT_BUFFER_SIZE;
        return Math.min(wished ?? Number.POSITIVE_INFINITY, await exchange.sendSize(inner));
      },
      write({ inner }, value) {
        inner.settings.sendSize = checkSize(value);
      },
    },
  ],
  [
    SASL_OPTION.RECV_SIZE,
    {
      read: ({ inner }) => inner.settings.recvSize,
      write({ inner, exchange }, value) {
        const size = checkSize(value);
        if (exchange.announced) throw tooLate('RECV_SIZE');
        inner.settings.recvSize = size;
      },
    },
  ],
  [
    SASL_OPTION.AUTHZ_STRING,
    {
      read(context) {
        const { inner, role, exchange, done } = context;
        refuseAuthzString(context);
        if (role === 'client') return inner.settings.authzString.slice();
        return done ? exchange.receivedAuthzString(inner) : new Uint8Array(0);
      },
      write(context, value) {
        const { inner, role, exchange } = context;
        const authzString = checkAuthzString(value);
        refuseAuthzString(context);
        if (role === 'server') {
          throw new SaslFailure(SEC_E.UNSUPPORTED_FUNCTION, 'the authorization identity is for the client to set');
        }
        if (exchange.announced) throw tooLate('AUTHZ_STRING');
        inner.settings.authzString = authzString;
      },
    },
  ],
  [
    SASL_OPTION.AUTHZ_PROCESSING,
    {
      read: ({ inner }) => inner.settings.authzProcessing,
      write({ inner, done }, value) {
        const processing = checkAuthzProcessing(value);
        if (done) throw tooLate('AUTHZ_PROCESSING');
        inner.settings.authzProcessing = processing;
      },
    },
  ],
]);

function refuseAuthzString({ inner }: OptionHolder): void {
  if (inner.settings.authzForbidden) {
    throw new SaslFailure(SEC_E.UNSUPPORTED_FUNCTION, 'SASL_OPTION.AUTHZ_PROCESSING forbids authorization identities');
  }
}

function unknownOption(option: number): SaslFailure {
  return new SaslFailure(SEC_E.UNSUPPORTED_FUNCTION, `there is no SASL option ${option}`);
}

function tooLate(name: string): SaslFailure {
  return new SaslFailure(
    SEC_E.OUT_OF_SEQUENCE,
    `SASL_OPTION.${name} has had its effect already`,
    'Give it in the `options` of the first call.',
  );
}
