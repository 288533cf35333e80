import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from '../../src/runtime/log.ts';

function written(format: 'json' | 'logfmt', level: 'debug' | 'warn'): { text: () => string; out: Writable } {
  let text = '';
  const out = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const log = createLog({ level, format, now: () => 0, out });
  log.info('started', { port: 9102 });
  log.warn('a "quoted" message', { file: '/a b', list: [1, 2] });
  return { text: () => text, out };
}

test.each([
  [
    'json',
    'warn',
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"a \\"quoted\\" message","file":"/a b","list":[1,2]}\n',
  ],
  [
    'logfmt',
    'debug',
    'time=1970-01-01T00:00:00.000Z level=info message=started port=9102\n' +
      'time=1970-01-01T00:00:00.000Z level=warn message="a \\"quoted\\" message" file="/a b" list=[1,2]\n',
  ],
] as const)('%s from %s on', (format, level, text) => {
  expect(written(format, level).text()).toBe(text);
});
