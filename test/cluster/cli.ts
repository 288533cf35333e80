import { fileURLToPath } from 'node:url';
import { type Ended, run } from './program.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs the program of the working tree as a person would, against the cluster that KUBECONFIG names. */
export function cli(...args: readonly string[]): Promise<Ended> {
  return run(process.execPath, [main, ...args]);
}

export const check = (...args: readonly string[]): Promise<Ended> => cli('check', ...args);
