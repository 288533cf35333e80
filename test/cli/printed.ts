import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command that only prints. */
export async function printed(
  run: (args: readonly string[], io: Io) => Promise<number>,
  ...args: readonly string[]
): Promise<Printed> {
  const [out, err] = [collector(), collector()];
  const io: Io = {
    env: {},
    out: out.stream,
    err: err.stream,
    signals: new EventEmitter(),
    now: () => 0,
    random: () => 0,
  };
  const code = await run(args, io);
  return { code, out: out.text(), err: err.text() };
}

function collector() {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream, text: () => text };
}
