#!/usr/bin/env node
import type { Writable } from 'node:stream';
import { internalErrorText } from './cli/internal-error.ts';
import { run } from './cli/run-command-line.ts';
import { exit } from './terminal/exit.ts';
import type { Io } from './terminal/io.ts';

const guarded = new Set<Writable>();

/** Ignores EPIPE on standard output and standard error: the reader may have gone, and the program goes on. */
function ignoringWriteErrors(stream: Writable): Writable {
  if (!guarded.has(stream)) stream.on('error', () => {});
  guarded.add(stream);
  return stream;
}

let command: string | undefined;

// Unhandled rejections come here too. Node's own exit code for them is 1, which would mean findings.
process.on('uncaughtException', (error) => {
  ignoringWriteErrors(process.stderr).write(internalErrorText(error, command));
  process.exit(exit.bug);
});

const io: Io = {
  env: process.env,
  // Opened on first use: each costs time that most commands need not spend.
  get in() {
    return process.stdin;
  },
  get out() {
    return ignoringWriteErrors(process.stdout);
  },
  get err() {
    return ignoringWriteErrors(process.stderr);
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
  // A second signal interrupted the orderly stop: open handles must not keep the process alive.
  if (code > 128) process.exit(code);
});
