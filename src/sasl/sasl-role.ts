/** Which function made a context: its later legs come through the same one. */
export type SaslRole = 'client' | 'server';
