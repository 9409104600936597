import { createHash } from 'node:crypto';
import { createEngine } from 'secur32/engine';
import { demoEngine } from '#dist/cli/demo/demo-engine.js';
import { planScenes } from '#dist/cli/demo/plan.js';
import { playScenes } from '#dist/cli/demo/play.js';
import type { DemoEvent } from '#dist/cli/demo/transcript.js';
import { renderHandshake } from './handshake-svg.js';

/** Where the picture of README.md is kept, below the project's top. */
export const HANDSHAKE_PATH = 'docs/handshake.svg';

/** Plays the demo's first logon with an engine whose clock and randomness are always the same, and draws it. */
export async function drawHandshake(): Promise<string> {
  const sspi = createEngine(demoEngine({ now: () => Date.UTC(2026, 0, 1), randomBytes: repeatableBytes() }));
  const events: DemoEvent[] = [];
  const [first] = planScenes('DIGEST-MD5', 'WDigest');
  const [played] = await playScenes(sspi, [first!], event => events.push(event));
  if (!played?.outcome.asExpected) throw new Error(`the logon went wrong: ${played?.outcome.text}`);
  return renderHandshake(events);
}

/** Bytes that look random and are the same in every run. */
function repeatableBytes(): (size: number) => Uint8Array {
  let count = 0;
  return size => {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += 32) createHash('sha256').update(`picture ${count++}`).digest().copy(bytes, at);
    return new Uint8Array(bytes);
  };
}
