import { execFile } from 'node:child_process';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a program to its end; one that is not there ends with 127, as in a shell. `input` goes to its standard input.
 */
export function run(program: string, args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { maxBuffer: 2 ** 27 }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : error.code === 'ENOENT' ? 127 : 1;
      resolve({ code, out, err: err || (error?.message ?? '') });
    });
    // Whoever ends without reading it closes the pipe.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}
