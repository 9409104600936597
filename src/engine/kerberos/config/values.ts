/** How krb5.conf(5) writes true and false; undefined for another text. */
export function parseBoolean(text: string): boolean | undefined {
  return BOOLEANS.get(text.toLowerCase());
}

const BOOLEANS = new Map<string, boolean>([
  ...['y', 'yes', 'true', 't', '1', 'on'].map(text => [text, true] as const),
  ...['n', 'no', 'false', 'nil', '0', 'off'].map(text => [text, false] as const),
]);

const UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** Seconds of a duration: `3600`, `1:30`, `1:30:00`, `1d 2h 3m 4s`; undefined for another text. */
export function parseDuration(text: string): number | undefined {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  const clock = /^(\d{1,5}):(\d{1,2})(?::(\d{1,2}))?$/.exec(text);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
  let seconds = 0;
  let digits = '';
  for (const character of text.toLowerCase()) {
    const unit = UNITS[character];
    if (character >= '0' && character <= '9' && digits.length < 10) digits += character;
    else if (unit !== undefined && digits !== '') {
      seconds += Number(digits) * unit;
      digits = '';
    } else if (character !== ' ') return undefined;
  }
  return digits === '' && text.trim() !== '' ? seconds : undefined;
}
