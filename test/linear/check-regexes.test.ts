import { expect, test } from 'vitest';
import { check } from '../../scripts/check-regexes.ts';
import { regexesIn } from '../../scripts/regex-literals.ts';

const checked = (text: string, allowed: Parameters<typeof check>[1] = []) => check(new Map([['a.ts', text]]), allowed);

test.each([
  String.raw`/^\+?(\d+\.?\d*|\.\d+)(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/`,
  String.raw`/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/`,
  String.raw`/^((\d+\.?\d*|\.\d+)(ms|s|m|h))+$/`,
  String.raw`/^(?:\s*(?:%[^\r\n]*|#[^\r\n]*))*\s*$/`,
  String.raw`/^(\s*(#.*)?(\n|$))*$/`,
  String.raw`/^(?:[a-zA-Z_]|\$\{?\d+\}?)(?:[a-zA-Z0-9_]|\$\{?\d+\}?)*$/`,
  '/[-.]+$/',
])('found: %s', (regex) => {
  expect(checked(`const a: number = 1;\nexport const b = ${regex};\n`)).toEqual([
    expect.stringMatching(/^a\.ts:2: .* takes (?:quadratic|exponential) time on /),
  ]);
});

test.each([
  String.raw`/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/`,
  String.raw`/^\s*(?:[%#][^\r\n]*(?:[\r\n]\s*|$))*$/`,
  '/(?<![-.])[-.]+$/',
])('linear: %s', (regex) => {
  expect(checked(`export const b = ${regex};`)).toEqual([]);
});

test('one that is made of texts is put together', () => {
  const text = [
    "const part = '\\\\d+';",
    `const both = new RegExp([String.raw\`^(?:\${part})+x\`, \`[a\${part}]\`].join('|'), 'u');`,
    'const made = (a: string) => RegExp(a);',
  ].join('\n');
  expect(regexesIn(text)).toEqual([
    { line: 2, source: String.raw`^(?:\d+)+x|[a\d+]`, flags: 'u' },
    { line: 3, flags: '' },
  ]);
});

test('an exception is for one expression, and is a problem where nothing needs it', () => {
  const exception = { file: 'a.ts', source: 'a+$', bound: '10 bytes', reason: 'short' };
  expect(checked('export const a = /a+$/;', [exception])).toEqual([]);
  expect(checked('export const a = /b+$/;', [exception])).toEqual([
    'a.ts:1: /b+$/ takes quadratic time on b',
    'a.ts: the exception for /a+$/ is not needed',
  ]);
});
