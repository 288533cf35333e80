#!/usr/bin/env node
import { run } from './cli/run.ts';

// A log that nobody reads any longer is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

void run(process.argv.slice(2), {
  env: process.env,
  // Looked at by who reads it alone: to open it is work that a sidecar does not need.
  get in() {
    return process.stdin;
  },
  out: process.stdout,
  err: process.stderr,
  signals: process,
  now: Date.now,
  random: Math.random,
}).then((code) => {
  process.exitCode = code;
  // A second signal cut the orderly end short: what is still open or waiting is left as it is.
  if (code > 128) process.exit(code);
});
