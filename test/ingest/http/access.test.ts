import { describe, expect, it } from 'vitest';
import { isLoopback, writeProblem } from '../../../src/ingest/http/access.ts';

describe('isLoopback', () => {
  it.each([
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
  it('refuses other machines unless they are allowed', () => {
    expect(writeProblem('10.0.0.1', {}, false)?.code).toBe('not_loopback');
    expect(writeProblem('10.0.0.1', {}, true)).toBeUndefined();
    expect(writeProblem('127.0.0.1', {}, false)).toBeUndefined();
  });

  it('refuses web pages of elsewhere, whoever is allowed', () => {
    expect(writeProblem('127.0.0.1', { origin: 'http://example.com' }, true)?.code).toBe('foreign_origin');
    expect(writeProblem('127.0.0.1', { origin: 'http://localhost:8080' }, false)).toBeUndefined();
  });
});
