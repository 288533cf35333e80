#!/usr/bin/env node
import type { Writable } from 'node:stream';
import { run } from './cli/run.ts';

const heard = new Set<Writable>();

/** A log that nobody reads any longer is no reason to end. */
function heedless(stream: Writable): Writable {
  if (!heard.has(stream)) stream.on('error', () => {});
  heard.add(stream);
  return stream;
}

void run(process.argv.slice(2), {
  env: process.env,
  // Opened by who uses them alone: each is work that most commands do not need.
  get in() {
    return process.stdin;
  },
  get out() {
    return heedless(process.stdout);
  },
  get err() {
    return heedless(process.stderr);
  },
  signals: process,
  now: Date.now,
  monotonic: () => performance.now(),
  random: Math.random,
}).then((code) => {
  process.exitCode = code;
  // A second signal cut the orderly end short: what is still open or waiting is left as it is.
  if (code > 128) process.exit(code);
});
