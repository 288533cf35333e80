import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { watchdogLimit } from '../../src/watchdog/watchdog.ts';

const program = join(import.meta.dirname, 'program.ts');

function start(args: readonly string[], within: readonly string[] = []) {
  const [command, ...rest] = [...within, process.execPath, program, ...args];
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const begun = once(lines, 'line');
  const last = begun.then(async () => JSON.parse(String(await once(lines, 'line'))) as Record<string, unknown>);
  last.catch(() => {});
  return { child, begun, last, ended: once(child, 'exit') as Promise<[number | null, string | null]> };
}

test.each([
  ['loop', 'standsInLoop'],
  ['regex', 'standsInRegex'],
])('an event loop that stands in a %s: the stack in the log, and exit code 70', async (how, name) => {
  const { last, ended } = start([how]);
  expect(await last).toEqual({
    time: expect.stringMatching(/^\d{4}-/),
    level: 'error',
    message: 'the event loop stands still: the process ends',
    reason: 'watchdog',
    limit: 400,
    stack: expect.stringMatching(new RegExp(`^ {4}at .*${name} \\(.*/program\\.ts:\\d+:\\d+\\)\\n`)),
  });
  expect(await ended).toEqual([70, null]);
});

test('in a call of the system that does not return: no stack, but an end', async () => {
  const { last, ended } = start(['system']);
  expect(await last).toMatchObject({ reason: 'watchdog', stack: expect.stringMatching(/^unknown/) });
  expect(await ended).toEqual([null, 'SIGKILL']);
});

const asFirst = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const canUnshare = spawnSync(asFirst[0]!, [...asFirst.slice(1), 'true']).status === 0;

test.skipIf(!canUnshare).each([
  ['loop', 70],
  // SIGTRAP
  ['system', 133],
])('as the first process of a container, which takes no signal of its own: %s', async (how, code) => {
  const { ended } = start([how], asFirst);
  const [exited, signal] = await ended;
  expect(exited ?? (signal === 'SIGTRAP' ? 133 : signal)).toBe(code);
});

test('a process that was stopped, and one that is busy in many turns, go on', async () => {
  const [stopped, busy] = [start(['idle']), start(['busy'])];
  await Promise.all([stopped.begun, busy.begun]);
  stopped.child.kill('SIGSTOP');
  // The other one burns twice the limit of CPU meanwhile.
  await until(() => cpu(busy.child) > 0.8);
  stopped.child.kill('SIGCONT');
  const before = cpu(busy.child);
  await until(() => cpu(busy.child) > before + 0.4);
  expect([stopped.child.exitCode, stopped.child.signalCode]).toEqual([null, null]);
  expect([busy.child.exitCode, busy.child.signalCode]).toEqual([null, null]);
});

test.each([
  [undefined, 128, 30_000],
  [undefined, 64, 0],
  [undefined, 0, 30_000],
  [undefined, undefined, 30_000],
  [undefined, Number.POSITIVE_INFINITY, 30_000],
  [0, 128, 0],
  [60_000, 64, 60_000],
])('asked for %j in %j MiB: %i ms', (asked, mebibytes, limit) => {
  expect(watchdogLimit(asked, mebibytes === undefined ? undefined : mebibytes * 2 ** 20)).toBe(limit);
});

test('it keeps no process alive', async () => {
  expect(await start(['ends']).ended).toEqual([0, null]);
});

/** CPU time in seconds. */
function cpu({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
