import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goFloat } from '../../../src/statsd/line/go-float.ts';

test.each([
  ['1', 1],
  ['+1', 1],
  ['-1', -1],
  ['.5', 0.5],
  ['5.', 5],
  ['00012', 12],
  ['1e3', 1000],
  ['1E-3', 0.001],
  ['1_000', 1000],
  ['1e5_0', 1e50],
  ['1_0.2_5', 10.25],
  ['1e-400', 0],
  ['0x1p-2', 0.25],
  ['0X1P+4', 16],
  ['0x_1p-2', 0.25],
  ['0x1_0p0', 16],
  ['0x1p1_0', 1024],
  ['0x.8p0', 0.5],
  ['0x1.8p1', 3],
  ['0x1.p1', 2],
  ['-0x1p0', -1],
  ['0x1.fffffffffffffp1023', Number.MAX_VALUE],
  ['0x1p-1074', Number.MIN_VALUE],
  ['0x1p-1075', 0],
  ['0x1.8p-1075', Number.MIN_VALUE],
  ['0x1p-5000', 0],
  ['0x1.00000000000008p0', 1],
  ['0x1.00000000000018p0', 1 + 2 ** -51],
  ['0x1.000000000000080000000001p0', 1 + 2 ** -52],
  ['inf', Number.POSITIVE_INFINITY],
  ['+Infinity', Number.POSITIVE_INFINITY],
  ['-INF', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
  ['nAn', Number.NaN],
])('%s is read', (text, value) => {
  expect(goFloat(text)).toBe(value);
});

test.each([
  '',
  ' 1',
  '1 ',
  '1,5',
  '1.2.3',
  '--1',
  '+',
  '.',
  'e5',
  '1e',
  '1e+',
  '_1',
  '1_',
  '1__0',
  '1_.5',
  '1._5',
  '1_e5',
  '1e_5',
  '0x10',
  '0x',
  '0xp1',
  '0x1p',
  '0x_p1',
  '0x1_p1',
  '0x1p_1',
  '0x.p1',
  '0b1',
  '0o7',
  '1e400',
  '1.8e308',
  '-1e400',
  '0x1p1024',
  '0x1.fffffffffffff8p1023',
  '+nan',
  '-nan',
  'infi',
  'in',
  '1n',
  '١',
  '1\n',
])('%j is refused', (text) => {
  expect(goFloat(text)).toBeUndefined();
});

test('every finite double is read back from its shortest text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(goFloat(String(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});

test('every finite double is read back from its hexadecimal text', () => {
  const view = new DataView(new ArrayBuffer(8));
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), (value) => {
      view.setFloat64(0, value);
      const bits = view.getBigUint64(0);
      const exponent = Number(bits >> 52n);
      const fraction = (bits & 0xfffffffffffffn).toString(16).padStart(13, '0');
      const text = exponent === 0 ? `0x0.${fraction}p-1022` : `0x1.${fraction}p${exponent - 1023}`;
      expect(goFloat(text)).toBe(value);
    }),
  );
});

test('it reads what Go reads', () => {
  const view = new DataView(new ArrayBuffer(8));
  const bitsOf = (value: number | undefined) => {
    if (value === undefined) return '-';
    view.setFloat64(0, value);
    return view.getBigUint64(0).toString(16).padStart(16, '0');
  };
  const file = new URL('../../golden/statsd-numbers/parse-float.txt', import.meta.url);
  const rows = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
  const read = rows.map((row) => {
    const text = row.slice(0, row.lastIndexOf(' '));
    return `${text} ${bitsOf(goFloat(JSON.parse(text) as string))}`;
  });
  // The NaN of Go has other bits.
  expect(read).toEqual(rows.map((row) => row.replace(/ 7ff8000000000001$/, ' 7ff8000000000000')));
});
