import { describe, expect, test } from 'vitest';
import { createCollector } from '../../src/scrape/collect.ts';
import { deferred, keptLog, runtime } from './fixture.ts';

const now = () => 1000;

describe('collect', () => {
  test('runs every collector with the deadline and waits for those that take their time', async () => {
    const seen: number[] = [];
    const slow = deferred();
    const runtimes = [
      runtime({ kind: 'a', collect: (deadline) => void seen.push(deadline) }),
      runtime({ kind: 'b', collect: () => slow.promise }),
      runtime({ kind: 'none' }),
    ];
    const collector = createCollector(() => runtimes, keptLog().log, now);
    let done = false;
    const collected = collector.collect(60_000).then(() => {
      done = true;
    });
    expect(seen).toEqual([60_000]);
    await Promise.resolve();
    expect(done).toBe(false);
    slow.resolve();
    await collected;
    expect(collector.stats).toEqual({ failed: new Map(), late: new Map() });
  });

  test('is one run for scrapes of the same moment', async () => {
    let runs = 0;
    const slow = deferred();
    const one = runtime({
      kind: 'a',
      collect: () => {
        runs++;
        return slow.promise;
      },
    });
    const collector = createCollector(() => [one], keptLog().log, now);
    const both = Promise.all([collector.collect(60_000), collector.collect(60_000)]);
    expect(runs).toBe(1);
    slow.resolve();
    await both;
    await collector.collect(60_000);
    expect(runs).toBe(2);
  });

  test('does not fail with a collector that throws or rejects', async () => {
    const { log, lines } = keptLog();
    const runtimes = [
      runtime({
        kind: 'throws',
        collect: () => {
          throw new Error('thrown');
        },
      }),
      runtime({ kind: 'rejects', collect: () => Promise.reject(new Error('rejected')) }),
    ];
    const collector = createCollector(() => runtimes, log, now);
    await collector.collect(60_000);
    expect(collector.stats.failed).toEqual(
      new Map([
        ['throws', 1],
        ['rejects', 1],
      ]),
    );
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
      ['error', { kind: 'throws', error: 'Error: thrown' }],
      ['error', { kind: 'rejects', error: 'Error: rejected' }],
    ]);
  });

  test('does not wait beyond the deadline, and does not start a late one twice', async () => {
    let runs = 0;
    const slow = deferred();
    const late = runtime({
      kind: 'late',
      collect: () => {
        runs++;
        return slow.promise;
      },
    });
    const { log, lines } = keptLog();
    const collector = createCollector(() => [late], log, now);
    await collector.collect(1005);
    await collector.collect(900);
    expect(runs).toBe(1);
    expect(collector.stats.late.get('late')).toBe(2);
    expect(lines.map(({ message }) => message)).toEqual(['collect is late', 'collect is late']);
    slow.resolve();
    await collector.collect(60_000);
    await collector.collect(60_000);
    expect(runs).toBe(2);
    expect(collector.stats.late.get('late')).toBe(2);
  });
});
