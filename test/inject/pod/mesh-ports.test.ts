import { expect, test } from 'vitest';
import { bypassAnnotations, hasPort, withPort } from '../../../src/inject/pod/mesh-ports.ts';

test.each([
  [undefined, '9102'],
  ['', '9102'],
  ['  ', '9102'],
  ['8080', '8080,9102'],
  ['8080, 9090', '8080, 9090,9102'],
  ['8080,', '8080,9102'],
  ['8080-8090', '8080-8090,9102'],
  ['no port', 'no port,9102'],
])('%j with the port is %j', (list, expected) => expect(withPort(list, 9102)).toBe(expected));

test.each([
  ['9102', true],
  [' 9102 ,8080', true],
  ['9000-9102', true],
  ['9102-9103', true],
  ['0-65535', true],
  ['9103-9101', false],
  ['91020', false],
  ['9101,9103', false],
  ['9102x', false],
  ['-9102', false],
  ['9102-', false],
  ['', false],
  ['*', false],
])('%j has the port: %s', (list, expected) => expect(hasPort(list, 9102)).toBe(expected));

test('a list of a hundred thousand ports', () => {
  const list = '1,'.repeat(100_000);
  expect(hasPort(list, 9102)).toBe(false);
  expect(hasPort(withPort(list, 9102), 9102)).toBe(true);
});

test('each mesh has a list of its own', () => expect(bypassAnnotations.size).toBe(2));
