import type { Duplex } from 'node:stream';
import { type Credential, schannelAccept } from 'secur32';

/** A server of SMTP (RFC 5321) that takes mail over Schannel only: STARTTLS (RFC 3207) turns the connection into a SchannelStream. */
export async function serveMail(wire: Duplex, credential: Credential, deliver: (mail: string) => void): Promise<void> {
  wire.write('220 localhost\r\n');
  if ((await talk(wire, 'plain', deliver)) === 'quit') return void wire.end();
  const tls = await schannelAccept(wire, { credential });
  // Behind its QUIT it is nobody's business how the client goes; before, the loop below hears of it.
  tls.on('error', () => {});
  await talk(tls, 'encrypted', deliver);
  tls.end();
}

async function talk(stream: Duplex, state: 'plain' | 'encrypted', deliver: (mail: string) => void) {
  const say = (answer: string): boolean => stream.write(`${answer}\r\n`);
  let pending = '';
  let mail: string[] | undefined;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    const lines = (pending + (chunk as Buffer).toString('latin1')).split('\r\n');
    pending = lines.pop()!;
    if (pending.length > 1000) throw new Error('a line is too long');
    for (const line of lines) {
      const verb = line.split(' ', 1)[0]!.toUpperCase();
      if (mail && line !== '.') mail.push(line.startsWith('.') ? line.slice(1) : line);
      else if (mail) {
        deliver(mail.join('\n'));
        mail = undefined;
        say('250 delivered');
      } else if (verb === 'EHLO') say(state === 'plain' ? '250-localhost\r\n250 STARTTLS' : '250 localhost');
      else if (verb === 'QUIT') {
        say('221 bye');
        return 'quit';
      } else if (verb === 'STARTTLS' && state === 'plain') {
        // What follows in the clear could be anybody's: it must not be taken for something that came by TLS.
        if (pending || lines.at(-1) !== line) throw new Error('there is something behind STARTTLS');
        say('220 go ahead');
        return 'start-tls';
      } else if (state === 'plain') say('530 say STARTTLS first');
      else if (verb === 'DATA') {
        mail = [];
        say('354 go on');
      } else say(verb === 'MAIL' || verb === 'RCPT' ? '250 all right' : '502 no such command');
    }
  }
  return 'quit';
}
