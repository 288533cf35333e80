import { expect, test } from 'vitest';
import { splitOperands } from '../../../src/cli/arguments/operands.ts';
import { validateFlags } from '../../../src/contract/validate.ts';

test.each<[string, string[], string[]]>([
  ['a b', ['a', 'b'], []],
  ['-', ['-'], []],
  ['a -o json b', ['a', 'b'], ['-o', 'json']],
  ['--output json a', ['a'], ['--output', 'json']],
  ['--output=json a', ['a'], ['--output=json']],
  ['-ojson a', ['a'], ['-ojson']],
  ['--statsd.compat-glob a', ['a'], ['--statsd.compat-glob']],
  ['--no-statsd.compat-glob a', ['a'], ['--no-statsd.compat-glob']],
  ['a -o', ['a'], ['-o']],
  ['--nothing a', ['a'], ['--nothing']],
  ['-o json -- -a -- b', ['-a', '--', 'b'], ['-o', 'json']],
])('%s', (line, operands, flags) => {
  expect(splitOperands(validateFlags, line.split(' '))).toEqual({ operands, flags });
});
