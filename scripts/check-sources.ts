/** Finds exports and packages that nothing uses, and comments that are too wide: `npm run sources`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Sources, unusedExports } from './unused-exports.ts';
import { type Packages, unusedPackages } from './unused-packages.ts';
import { wideComments } from './wide-lines.ts';

const bound = 'a bound that tests go up to';
const steps = 'has more cases than its callers can be brought into';

/** Values that only tests and benchmarks import, and why they stay exported. */
const testedAlone: Readonly<Record<string, string>> = {
  asked: 'property tests take every way to ask',
  bucketKey: steps,
  bytesPerValue: bound,
  callsOf: steps,
  combineCrc: steps,
  connectionBytes: bound,
  escapeHtml: steps,
  eventLimits: bound,
  findMissed: 'the cluster suite takes it to a real API server',
  hasIpv6: steps,
  helpOf: 'tests hold every command against its help',
  isLoopback: steps,
  judgeTargets: steps,
  lineSet: steps,
  longestKey: bound,
  longestPacket: bound,
  memoryBounds: 'tests hold the chart against it',
  metricPrefix: 'tests read the page of the webhook',
  mostWaiting: bound,
  ownerOf: steps,
  parseUdpSockets: steps,
  shown: steps,
  tooLong: 'tests hold every flag against it',
  watchLimits: bound,
};

/** Packages that are used, though no file of ours imports them. */
const usedOtherwise: Readonly<Record<string, string>> = {
  '@action-validator/cli': 'its program validates the workflows in a test',
  '@action-validator/core': 'what @action-validator/cli needs to run',
  '@biomejs/biome': 'npm run format, npm run lint',
  '@node20/node': 'tsconfig.oldest.json',
  '@types/node': 'tsconfig.json',
  typescript: 'npm run types',
  vite: 'what Vitest needs to run',
};

const root = join(import.meta.dirname, '..');

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?ts$|\.mjs$/.test(name))
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .sort();
}

const own = 'scripts/check-sources.ts';
const names = [...['src', 'test', 'scripts', 'bench'].flatMap(filesOf), 'vitest.config.ts', '.ci/run'];
const others = names.filter((name) => name !== own);
const sources: Sources = new Map(others.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Packages;

const problems = [
  ...unusedExports(sources, testedAlone),
  ...unusedPackages(packages, sources, usedOtherwise),
  ...wideComments(sources),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
