#!/usr/bin/env node
import { run } from './cli/run.ts';

const code = await run(process.argv.slice(2), {
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  signals: process,
  now: Date.now,
});
process.exitCode = code;
// A second signal cut the orderly end short: what is still open or waiting is left as it is.
if (code > 128) process.exit(code);
