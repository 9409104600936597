/**
 * A `describe` for tests of the addon. They run where they are on Windows; elsewhere the file defines no tests, and
 * `under-wine.test.ts` runs it in the real node.exe for Windows.
 */
export function describeOnWindows(title: string, body: (this: Mocha.Suite) => void): void {
  if (process.platform === 'win32') describe(title, body);
}
