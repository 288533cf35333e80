import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { Io } from '../../src/terminal/io.ts';

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Run = (args: readonly string[], io: Io) => Promise<number>;

/** Runs a command that only prints. */
export function printed(run: Run, ...args: readonly string[]): Promise<Printed> {
  return printedWithInput('', run, ...args);
}

/** Runs a command that prints on a terminal of so many columns. */
export function printedOnTerminal(columns: number, run: Run, ...args: readonly string[]): Promise<Printed> {
  const onTerminal: Run = (given, io) => {
    Object.assign(io.out, { isTTY: true, columns });
    return run(given, io);
  };
  return printedWithInput('', onTerminal, ...args);
}

/** Runs a command that prints, and may read `input` from its standard input. */
export async function printedWithInput(input: string | Buffer, run: Run, ...args: readonly string[]): Promise<Printed> {
  const [out, err] = [collector(), collector()];
  const io: Io = {
    env: {},
    in: Readable.from([input]),
    out: out.stream,
    err: err.stream,
    signals: new EventEmitter(),
    now: () => 0,
    monotonic: () => 0,
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
