import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { theirFlags } from '../contract/statsd-exporter-flags.ts';
import { runToEnd } from '../process/program.ts';
import { folder } from '../webhook/folder.ts';
import { findProgram } from './program.ts';

const program = findProgram('statsd_exporter', process.env);
const recorded = new URL('../golden/statsd-flags/statsd_exporter-0.30.0-help.txt', import.meta.url);

test.skipIf(program === undefined)('the flags that were recorded are those of the real statsd_exporter', () => {
  const help = execFileSync(program!, ['--help'], { encoding: 'utf8', env: { COLUMNS: '80' } });
  expect(theirFlags(help)).toEqual(theirFlags(readFileSync(recorded, 'utf8')));
});

test.skipIf(program === undefined).each<[string, string | undefined]>([
  ['no file', undefined],
  ['a file', 'mappings:\n- {match: a.b, name: x}\n'],
  ['a file without a rule', ''],
  ['a rule without a name', 'mappings:\n- {match: a.b}\n'],
  ['an expression that is none', 'mappings:\n- {match: "(", match_type: regex, name: x}\n'],
  ['no YAML', 'mappings: ['],
])('--check-config of %s: both exit with the same code', async (_, mapping) => {
  const file = join(await folder(), 'mapping.yml');
  if (mapping !== undefined) await writeFile(file, mapping);
  const args = ['--check-config', ...(mapping === undefined ? [] : [`--statsd.mapping-config=${file}`])];
  const { code } = await runToEnd('statsd', ...args);
  expect(code).toBe(spawnSync(program!, args).status);
});
