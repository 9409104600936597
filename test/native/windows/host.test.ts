import assert from 'node:assert/strict';
import { describeOnWindows } from '../describe-on-windows.js';

describeOnWindows('the host of these tests', () => {
  it('is Node for Windows', () => {
    assert.equal(process.platform, 'win32');
  });
});
