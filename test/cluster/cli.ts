import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ended } from './kubectl.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs the program of the working tree as a person would, against the cluster that KUBECONFIG names. */
export function cli(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, out, err }));
  });
}

export const check = (...args: readonly string[]): Promise<Ended> => cli('check', ...args);
