import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const instructions = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', '')
  .split('\n')
  .filter((line) => line !== '');

/** The instructions from the nth FROM to the next. */
function stage(number: number): string[] {
  const starts = instructions.flatMap((line, index) => (line.startsWith('FROM ') ? [index] : []));
  return instructions.slice(starts[number], starts[number + 1]);
}

test('the build runs on the machine’s own architecture, and the last stage runs nothing', () => {
  expect(stage(0)[0]).toMatch(/^FROM --platform=\$BUILDPLATFORM /);
  expect(stage(1)[0]).toBe('FROM $BASE');
  expect(stage(1).filter((line) => /^RUN\b/.test(line))).toEqual([]);
  expect(stage(2)).toHaveLength(instructions.length);
});

test('only what the build copies reaches it', () => {
  const copied = stage(0)
    .filter((line) => line.startsWith('COPY '))
    .flatMap((line) => line.split(' ').slice(1, -1));
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  expect([...copied, 'LICENSE'].sort()).toEqual(allowed.sort());
});
