import { expect, test } from 'vitest';
import { type Closed, createClosedCount } from '../../src/net/closed-count.ts';

test('the first is told at once, those of the next minute together, and then nothing', () => {
  const told: Closed[] = [];
  const due: { run: () => void; milliseconds: number }[] = [];
  const count = createClosedCount(
    (closed) => told.push(closed),
    (run, milliseconds) => due.push({ run, milliseconds }),
  );
  const minute = () => {
    expect(due).toHaveLength(1);
    expect(due[0]!.milliseconds).toBe(60_000);
    due.pop()!.run();
  };
  for (const doing of ['silent', 'silent', 'idle'] as const) count.closed(doing);
  expect(told).toEqual([{ silent: 1, idle: 0, busy: 0 }]);
  minute();
  expect(told.slice(1)).toEqual([{ silent: 1, idle: 1, busy: 0 }]);
  minute();
  expect(due).toEqual([]);
  expect(told).toHaveLength(2);
  count.closed('busy');
  expect(told.slice(2)).toEqual([{ silent: 0, idle: 0, busy: 1 }]);
  expect(count.counts).toEqual({ silent: 2, idle: 1, busy: 1 });
});
