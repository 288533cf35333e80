import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/json/json.ts';
import { kubectlReads } from '../manifest/kubectl-reads.ts';
import { head } from '../manifest/odd-yaml.ts';
import { seeded } from '../statsd/fuzz-random.ts';
import { findProgram } from './program.ts';

// What `test/manifest/odd-yaml.test.ts` goes by is still what kubectl does: some of its records, others in each run.

const kubectl = findProgram('kubectl', process.env);
const missing = kubectl === undefined ? 'no kubectl (PATH): the records of odd YAML were not compared' : '';
if (missing !== '') {
  console.warn(`\n*** ${missing} ***\n`);
  test.skipIf(process.env['CI'] === undefined)(missing, () => expect.fail(missing));
}

type Recorded = readonly [text: string, objects: readonly JsonObject[] | null];
const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/manifest/odd-yaml.json'), 'utf8'),
);
const seed = Number(process.env['FC_SEED'] ?? Date.now()) | 0;

test.skipIf(missing !== '')(
  `kubectl reads forty odd texts as recorded (seed ${seed})`,
  { timeout: 60_000 },
  async () => {
    const random = seeded(seed);
    for (let i = 0; i < 40; i += 4) {
      const some = Array.from({ length: 4 }, () => random.of(recorded));
      const read = await Promise.all(some.map(([text]) => kubectlReads(head + text, execFile)));
      expect(read.map((objects, at) => [some[at]![0], objects])).toEqual(some);
    }
  },
);
