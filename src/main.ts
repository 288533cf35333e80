#!/usr/bin/env node
import type { Writable } from 'node:stream';
import { internalErrorText } from './cli/internal-error.ts';
import { run } from './cli/run.ts';
import { exit } from './terminal/exit.ts';
import type { Io } from './terminal/io.ts';

const heard = new Set<Writable>();

/** A log that nobody reads any longer is no reason to end. */
function heedless(stream: Writable): Writable {
  if (!heard.has(stream)) stream.on('error', () => {});
  heard.add(stream);
  return stream;
}

let command: string | undefined;

// Rejections that nobody handles come here too. Exit code 1 would say that a command found something.
process.on('uncaughtException', (error) => {
  heedless(process.stderr).write(internalErrorText(error, command));
  process.exit(exit.bug);
});

const io: Io = {
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
  memoryLimit: () => process.constrainedMemory(),
  random: Math.random,
};

void run(process.argv.slice(2), io, (name) => {
  command = name;
}).then((code) => {
  process.exitCode = code;
  // A second signal cut the orderly end short: what is still open or waiting is left as it is.
  if (code > 128) process.exit(code);
});
