/**
 * Bytes that a key does not open: too short, altered, or encrypted with another key. Which of these it was stays unsaid, so that nobody
 * can learn from it; callers turn it into the status of their step.
 */
export class DecryptionError extends Error {
  override readonly name: string = 'DecryptionError';

  constructor() {
    super('the key does not open the data');
  }
}
