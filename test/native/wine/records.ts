/** What the guest (mocha in node.exe) tells the host, one JSON text per line of a file. */
export type Record =
  | { readonly kind: 'start'; readonly title: string }
  | { readonly kind: 'end'; readonly title: string; readonly outcome: Outcome; readonly error?: string }
  /** Mocha ran to its end; without this line the process was lost on the way, whatever its exit code says. */
  | { readonly kind: 'done'; readonly failures: number };

export type Outcome = 'passed' | 'failed' | 'pending';

/** The last line may be half written when the process was lost. */
export function parseRecords(text: string): Record[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): Record => JSON.parse(line));
}
