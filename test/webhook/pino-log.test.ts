import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createPinoLog } from '../../src/webhook/pino-log.ts';

function sink() {
  const writes: string[] = [];
  let arrived: () => void;
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const out = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      writes.push(chunk);
      arrived();
      done();
    },
  });
  return { out, writes, first };
}

const now = () => Date.UTC(2026, 10, 21, 12, 7, 1, 5);

test('a line is a JSON object: time, level, message, fields', () => {
  const { out, writes } = sink();
  const { log, flush } = createPinoLog({ level: 'info', now, out });
  log.warn('decision', { uid: 'u', reasons: ['a\nb'] });
  flush();
  expect(writes).toEqual([
    '{"level":"warn","time":"2026-11-21T12:07:01.005Z","uid":"u","reasons":["a\\nb"],"message":"decision"}\n',
  ]);
});

test('what is below the level is not written', () => {
  const { out, writes } = sink();
  const { log, flush } = createPinoLog({ level: 'warn', now, out });
  log.info('quiet');
  flush();
  expect(writes).toEqual([]);
});

test('lines of a moment are one write, in their order, without being asked for', async () => {
  const { out, writes, first } = sink();
  const { log } = createPinoLog({ level: 'info', now, out });
  for (let i = 0; i < 10; i++) log.info(String(i));
  expect(writes).toEqual([]);
  await first;
  expect(writes).toHaveLength(1);
  expect(writes[0]!.match(/"message":"\d"/g)).toEqual(Array.from({ length: 10 }, (_, i) => `"message":"${i}"`));
});

test('a burst is not held in memory', () => {
  const { out, writes } = sink();
  const { log } = createPinoLog({ level: 'info', now, out });
  for (let i = 0; i < 1000; i++) log.info('x'.repeat(100));
  expect(writes.length).toBeGreaterThan(5);
  expect(Math.max(...writes.map(({ length }) => length))).toBeLessThan(17_000);
});

test('each line has its own time', () => {
  const { out, writes } = sink();
  let at = now();
  const { log, flush } = createPinoLog({ level: 'info', now: () => at, out });
  log.info('one');
  at++;
  log.info('two');
  flush();
  expect(writes.join('').match(/[\d.]+Z/g)).toEqual(['01.005Z', '01.006Z']);
});

test('a logger says which levels it writes', () => {
  const { log } = createPinoLog({ level: 'warn', now, out: sink().out });
  expect(['debug', 'info', 'warn', 'error'].map((level) => log.isLevelEnabled(level as 'debug'))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test('an error is a field with its type, message and stack', () => {
  const { out, writes } = sink();
  const { log, flush } = createPinoLog({ level: 'info', now, out });
  log.error('failed', { err: new TypeError('no') });
  flush();
  expect(JSON.parse(writes[0]!)).toMatchObject({ message: 'failed', err: { type: 'TypeError', message: 'no' } });
});
