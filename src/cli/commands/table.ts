import type { Command } from '../command.js';
import { demo } from './demo.js';
import { explain } from './explain.js';
import { packages } from './packages.js';
import { profiles } from './profiles.js';
import { serve } from './serve.js';

/** The commands of `secur32`, in the order that `--help` lists them. */
export const COMMANDS: readonly Command[] = [demo, serve, packages, profiles, explain];
