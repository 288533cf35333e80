import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds on a CPU, of all threads of a process. */
export function cpuTime(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce(
    (sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );
}

/** Waits until the process does nothing worth `least` milliseconds in `span`, collecting garbage included. */
export async function idle(pid: number, least: number, span: number): Promise<void> {
  for (let before = Number.NEGATIVE_INFINITY; ; ) {
    const now = cpuTime(pid);
    if (now - before < least) return;
    before = now;
    await setTimeout(span);
  }
}
