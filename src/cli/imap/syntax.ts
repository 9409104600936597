/** A command of a client: `tag SP command [SP arguments]` (RFC 9051 9, `command`). */
export interface ImapCommand {
  readonly tag: string;
  /** Upper case. */
  readonly name: string;
  readonly rest: string;
}

const MAX_TAG_LENGTH = 32;

/** Undefined for a line that is no command; a server cannot even say which command was wrong then. */
export function parseCommand(line: string): ImapCommand | undefined {
  const [tag = '', name = ''] = line.split(' ', 2);
  if (!isTag(tag) || !/^[A-Za-z0-9]+$/.test(name)) return undefined;
  return { tag, name: name.toUpperCase(), rest: line.slice(tag.length + 1 + name.length + 1) };
}

/** `tag = 1*<any ASTRING-CHAR except "+">` (RFC 9051 9). */
function isTag(text: string): boolean {
  return text.length <= MAX_TAG_LENGTH && /^[!#$&',\-./0-9:;<=>?@A-Z[\]^_`a-z|}~]+$/.test(text);
}

/** A tagged or untagged answer of a server: `tag SP status SP text`. */
export interface ImapResponse {
  /** `*` where it is untagged. */
  readonly tag: string;
  readonly status: string;
  readonly text: string;
}

export function parseResponse(line: string): ImapResponse {
  const [tag = '', status = ''] = line.split(' ', 2);
  return { tag, status: status.toUpperCase(), text: line.slice(tag.length + status.length + 2) };
}

/** The capabilities in a greeting or an untagged CAPABILITY response, upper case; empty where the line carries none. */
export function parseCapabilities(line: string): string[] {
  const upper = line.toUpperCase();
  const start = upper.indexOf('CAPABILITY ');
  if (start < 0) return [];
  const end = upper.indexOf(']', start);
  return upper
    .slice(start + 'CAPABILITY '.length, end < 0 ? undefined : end)
    .split(' ')
    .filter(Boolean);
}
