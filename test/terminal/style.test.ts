import { expect, test } from 'vitest';
import { printable, styleOf } from '../../src/terminal/style.ts';

test.each<[string, boolean, Record<string, string>, boolean]>([
  ['a terminal', true, {}, true],
  ['no terminal', false, {}, false],
  ['a terminal and NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a terminal and an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ['FORCE_COLOR', false, { FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }, true],
  ['FORCE_COLOR=0 on a terminal', true, { FORCE_COLOR: '0' }, false],
])('colours: %s', (_, isTerminal, env, isColoured) => {
  expect(styleOf(isTerminal, env).paint('error', 'x')).toBe(isColoured ? '\u001b[31mx\u001b[0m' : 'x');
});

test.each<[Record<string, string>, string]>([
  [{ LANG: 'de_DE.UTF-8' }, '√ ‼ ×'],
  [{ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, '+ ! x'],
  [{ LC_CTYPE: 'C.utf8' }, '√ ‼ ×'],
  [{ WT_SESSION: 'x' }, '√ ‼ ×'],
  [{}, '+ ! x'],
])('symbols: %j', (env, symbols) => {
  const { ok, warning, error } = styleOf(false, env).symbol;
  expect([ok, warning, error].join(' ')).toBe(symbols);
});

test('control characters are replaced', () => {
  expect(printable('a\u001b[2Jb\nc\u009bd')).toBe('a?[2Jb?c?d');
});
