import { expect, test } from 'vitest';
import { createRefusedRequests } from '../../../src/webhook/http/refused-requests.ts';
import { logTo } from '../../runtime/log-to.ts';

test('a flood of refusals is counted one by one, and warned about once a minute for each reason', () => {
  const lines: string[] = [];
  const counts = new Map<string, number>();
  let time = 0;
  const refused = createRefusedRequests({
    metrics: { refused: (code) => void counts.set(code, (counts.get(code) ?? 0) + 1) },
    log: logTo((level, _message, fields) => {
      if (level === 'warn') lines.push((fields as { code: string }).code);
    }),
    now: () => time,
  });
  for (let i = 0; i < 1000; i++) refused({ code: 'too_many_inflight', message: 'too much' });
  refused({ code: 'timeout', message: 'too late' });
  time = 60_000;
  refused({ code: 'too_many_inflight', message: 'too much' });
  expect(lines).toEqual(['too_many_inflight', 'timeout', 'too_many_inflight']);
  expect(Object.fromEntries(counts)).toEqual({ too_many_inflight: 1001, timeout: 1 });
});
