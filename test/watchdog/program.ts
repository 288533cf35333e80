/** A program that stands still in a way that its argument names: node test/watchdog/program.ts [how] [limit in ms] */
import { execFileSync } from 'node:child_process';
import { startWatchdog } from '../../src/watchdog/watchdog.ts';

const [how = '', limit = '400'] = process.argv.slice(2);
startWatchdog({ limit: Number(limit), format: 'json', failed: (problem) => console.error(problem) });

const ways: Readonly<Record<string, () => unknown>> = {
  loop: function standsInLoop() {
    for (;;);
  },
  regex: function standsInRegex() {
    return /^(a+)+$/.test(`${'a'.repeat(60)}b`);
  },
  system: function standsInSystem() {
    return execFileSync('sleep', ['60']);
  },
  /** Works for most of the time, in many turns. */
  busy() {
    const end = performance.now() + 20;
    while (performance.now() < end);
    setImmediate(ways.busy!);
  },
  idle: () => setInterval(() => {}, 1000),
  ends: () => {},
};
setTimeout(() => {
  console.log('begins');
  ways[how]?.();
}, 50);
