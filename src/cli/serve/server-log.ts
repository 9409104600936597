import type { Terminal } from '../terminal.js';
import { wrapText } from '../text-layout.js';

/** What a server that has started can say about itself. */
export interface ServerFacts {
  readonly provider: string;
  readonly port: number;
  readonly profiles: readonly string[];
  readonly accounts: string;
  readonly example: { readonly user: string; readonly password?: string };
}

/** Something that happened on a connection. Its texts may come from the peer. */
export interface ServerEvent {
  readonly event: 'logon' | 'refused' | 'failed' | 'closed';
  readonly remote: string;
  readonly profile?: string;
  readonly user?: string;
  readonly layer?: string;
  /** The status, or what else went wrong. */
  readonly reason?: string;
}

export interface ServerLog {
  started(facts: ServerFacts): void;
  happened(event: ServerEvent): void;
  stopped(): void;
}

/** For people. */
export function textLog(out: Terminal): ServerLog {
  const { strong, quiet, good, bad } = out.palette;
  return {
    started({ provider, port, profiles, accounts, example }) {
      out.line(`${strong('secur32')} serves IMAP on ${strong(`127.0.0.1:${port}`)}  ${quiet(`provider ${provider}`)}`);
      out.line(`profiles: ${profiles.join(', ')}`);
      out.line(`accounts: ${accounts}`);
      out.line();
      out.line('Try it with GNU SASL:');
      const command = gsaslCommand(port, profiles[0] ?? '', example);
      const lines = wrapText(command, out.width - 6);
      lines.forEach((line, index) => {
        out.line(`  ${index === 0 ? '' : '  '}${line}${index < lines.length - 1 ? ' \\' : ''}`);
      });
      out.line();
      out.line(quiet('Ctrl-C ends it.'));
    },
    happened({ event, remote, profile, user, layer, reason }) {
      const [paint, text] = {
        logon: [good, `${user} logged on with ${profile}, layer ${layer}`] as const,
        refused: [bad, `a logon with ${profile} was refused: ${reason}`] as const,
        failed: [bad, `the connection was ended: ${reason}`] as const,
        closed: [quiet, 'closed'] as const,
      }[event];
      const time = new Date().toTimeString().slice(0, 8);
      out.line(`${quiet(`${time}  ${remote}`)}  ${paint(withoutControls(text))}`);
    },
    stopped: () => out.line(quiet('stopped')),
  };
}

/** For programs: one JSON object in a line. */
export function jsonLog(out: Terminal): ServerLog {
  return {
    started: ({ provider, port, profiles }) => out.line(JSON.stringify({ event: 'started', provider, port, profiles })),
    happened: event => out.line(JSON.stringify({ time: new Date().toISOString(), ...event })),
    stopped: () => out.line(JSON.stringify({ event: 'stopped' })),
  };
}

function gsaslCommand(port: number, profile: string, { user, password }: ServerFacts['example']): string {
  return [
    'gsasl --imap --no-starttls',
    `--connect=127.0.0.1:${port}`,
    `--mechanism=${profile}`,
    '--quality-of-protection=qop-int',
    `--authentication-id=${user}`,
    `--password=${password === undefined ? 'PASSWORD' : `'${password}'`}`,
  ].join(' ');
}

/** A name that a peer sends must not steer the terminal or fake another line. */
function withoutControls(text: string): string {
  return Array.from(text, char => (/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u.test(char) ? '�' : char)).join('');
}
