import type { Command } from '../command.js';
import { decode } from './decode.js';
import { demo } from './demo.js';
import { explain } from './explain.js';
import { kdestroy } from './kdestroy.js';
import { keytab } from './keytab.js';
import { kinit } from './kinit.js';
import { klist } from './klist.js';
import { packages } from './packages.js';
import { profiles } from './profiles.js';
import { serve } from './serve.js';
import { spn } from './spn.js';

/** The commands of `secur32`, in the order that `--help` lists them. */
export const COMMANDS: readonly Command[] = [
  demo,
  serve,
  packages,
  profiles,
  explain,
  decode,
  kinit,
  klist,
  kdestroy,
  keytab,
  spn,
];
