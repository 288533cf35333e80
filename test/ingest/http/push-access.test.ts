import { describe, expect, test } from 'vitest';
import { isLoopback, writeProblem } from '../../../src/ingest/http/push-access.ts';

describe('isLoopback', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.3.2.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['127.0.0.1.example', false],
    ['fe80::1', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});

describe('writeProblem', () => {
  test('refuses other machines unless they are allowed', () => {
    expect(writeProblem('10.0.0.1', {}, false)?.code).toBe('not_loopback');
    expect(writeProblem('10.0.0.1', {}, true)).toBeUndefined();
    expect(writeProblem('127.0.0.1', {}, false)).toBeUndefined();
  });

  test('refuses web pages of elsewhere, whoever is allowed', () => {
    expect(writeProblem('127.0.0.1', { origin: 'http://example.com' }, true)?.code).toBe('foreign_origin');
    expect(writeProblem('127.0.0.1', { origin: 'http://localhost:8080' }, false)).toBeUndefined();
  });
});
