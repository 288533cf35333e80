import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { start } from './program.ts';

test('a sidecar whose event loop stands still ends with 70 and says where it stood', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchdog-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // Stands still when it is told to, as a bug would.
  const bug = join(folder, 'bug.cjs');
  writeFileSync(bug, "process.on('SIGUSR2', function standsStill() { for (;;); });");
  const args = ['--web.listen-address=127.0.0.1:0', '--watchdog=500ms', 'port-monitor'];
  await using program = start(args, {}, { nodeFlags: ['--require', bug] });
  await program.said('ready');
  program.child.kill('SIGUSR2');
  const { stack, level } = await program.said('the event loop stands still: the process ends');
  expect(level).toBe('error');
  expect(stack).toMatch(/^ {4}at .*standsStill \(.*bug\.cjs:1:\d+\)\n/);
  expect(await program.exitCode).toBe(70);
});
