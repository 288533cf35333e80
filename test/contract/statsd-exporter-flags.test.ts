import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseCommand } from '../../src/kinds/command.ts';
import { theirFlags } from './statsd-exporter-flags.ts';

const help = readFileSync(new URL('../golden/statsd-flags/statsd_exporter-0.30.0-help.txt', import.meta.url), 'utf8');
const flags = theirFlags(help);
/** Ways to ask for a text; they end the program. */
const asking = new Set(['help', 'version']);
const settings = flags.filter(({ name }) => !asking.has(name));
const problems = (...args: readonly string[]) => {
  const parsed = parseCommand(['statsd', ...args]);
  return parsed.ok ? [] : parsed.problems;
};

test('the help is read in full', () => {
  const said = help.match(/^.{6}--\S+/gm) ?? [];
  expect(flags).toHaveLength(said.length);
  expect(flags).toHaveLength(27);
});

test.each(settings.map(({ name, value }) => [name, value] as const))(
  '--%s is taken with its default',
  (name, value) => {
    if (value !== undefined) {
      expect(problems(`--${name}=${value}`)).toEqual([]);
      if (value !== '') expect(problems(`--${name}`, value)).toEqual([]);
    }
  },
);

test.each(settings.filter(({ toggle }) => toggle).map(({ name }) => name))('--%s and --no-%s', (name) => {
  expect(problems(`--${name}`)).toEqual([]);
  expect(problems(`--no-${name}`)).toEqual([]);
});

/** Flags without a default, with what people give them. */
const given = {
  'statsd.mapping-config': 'mapping.yml',
  'statsd.read-buffer': '0',
  'statsd.relay.address': 'statsd.example:8125',
};

test('a flag without a default is taken with a value', () => {
  const without = settings.filter(({ toggle, value }) => !toggle && value === undefined).map(({ name }) => name);
  expect(without).toEqual(Object.keys(given));
  expect(problems(...Object.entries(given).map(([name, value]) => `--${name}=${value}`))).toEqual([]);
});

test('a whole command line of statsd_exporter is taken', () => {
  const args = settings.map(({ name, toggle, value }) =>
    toggle ? `--${name}` : `--${name}=${value ?? given[name as keyof typeof given]}`,
  );
  expect(problems(...args)).toEqual([]);
});

test.each(['0', '1', '15', '1000'])('--statsd.cache-size=%s', (value) => {
  expect(problems(`--statsd.cache-size=${value}`)).toEqual([]);
});
