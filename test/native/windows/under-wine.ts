import process from 'node:process';

/** The version of Wine; undefined on Windows. */
export const WINE: string | undefined = process.env['SECUR32_WINE'];
