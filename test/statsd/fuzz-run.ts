import type { Mapping } from '../../src/statsd/mapping/mapping.ts';
import { readMapping } from '../../src/statsd/mapping/rules/read-mapping.ts';
import { parsePage } from '../exposition/parsed-page.ts';
import { violations } from '../exposition/strict.ts';
import { type Direct, direct, histograms, summaries, unaccounted } from './direct.ts';
import { fuzzedDatagram, fuzzedLine } from './fuzz-lines.ts';
import { fuzzedMapping } from './fuzz-mappings.ts';
import { type Random, seeded } from './fuzz-random.ts';

/** The extent of a run and its failures; only the first of these are kept. */
export interface Fuzzed {
  readonly lines: number;
  readonly pages: number;
  readonly mappings: number;
  /** Valid mapping files. */
  readonly loaded: number;
  readonly problems: readonly string[];
}

/** Callbacks that show the progress. */
export interface Watching {
  /** Called now and then with the number of lines so far. */
  readonly watch?: (done: number) => void;
  /** Called with each text page. */
  readonly look?: (page: string) => void;
}

/** Lines between two looks at the page, and between two mappings. */
const roundLines = 20_000;
/** Rounds with one runtime. */
const lifeRounds = 20;
const mostProblems = 10;
const limits = {
  ...{ bytes: 1e9, lineCharacters: 1e6, samples: 1e7, families: 1e6 },
  ...{ labelsPerSeries: 1000, labelValueBytes: 1e6 },
};

const lives = [
  {},
  { series: 60, families: 50 },
  { seriesPerFamily: 6, labelsPerSeries: 1, labelValueBytes: 20 },
  { series: 50_000, families: 5000 },
];

/** Sends lines to one runtime after the other while mappings change and time passes, and checks the pages. */
export async function fuzzLines(lines: number, seed: number, { watch, look }: Watching = {}): Promise<Fuzzed> {
  const random = seeded(seed);
  const problems: string[] = [];
  let [sent, pages, life] = [0, 0, 0];
  while (sent < lines && problems.length < mostProblems) {
    const options = [
      random.of([summaries, histograms]),
      lives[life++ % lives.length],
      true,
      random.of([16, 1024]),
    ] as const;
    const quick = direct(...options);
    // Now and then the same lines without a line table: both pages have to be equal.
    const full = random.chance(3) ? direct(options[0], options[1], false, options[3]) : undefined;
    let own = 0;
    for (let round = 0; round < lifeRounds && sent < lines && problems.length < mostProblems; round++) {
      const where = `seed ${seed}, line ${sent}`;
      turn(random, full === undefined ? [quick] : [quick, full]);
      for (const end = Math.min(lines, sent + roundLines); sent < end; ) {
        const datagram = fuzzedDatagram(random, Math.min(end - sent, 1 + random.below(200)));
        quick.take(datagram.bytes);
        full?.take(datagram.bytes);
        sent += datagram.lines;
        own += datagram.lines;
      }
      pages += 2;
      problems.push(...(await problemsOf(quick, full, own, look)).map((problem) => `${where}: ${problem}`));
    }
    watch?.(sent);
  }
  return { lines: sent, pages, mappings: 0, loaded: 0, problems };
}

/** Changes the mapping, and lets time pass. */
function turn(random: Random, all: readonly Direct[]): void {
  const read = random.chance(2)
    ? readMapping(fuzzedMapping(random, false), { strict: false, compatGlob: random.chance(4) })
    : undefined;
  const time = random.of([0, 500, 2000, 120_000, 7_200_000]);
  for (const one of all) {
    if (read?.ok) one.use(read.mapping);
    one.pass(time);
  }
}

async function problemsOf(
  quick: Direct,
  full: Direct | undefined,
  lines: number,
  look: Watching['look'],
): Promise<readonly string[]> {
  const found: string[] = [];
  const [openLines, openSamples] = unaccounted(quick.pipeline);
  if (openLines !== 0) found.push(`${openLines} lines are in no counter`);
  if (openSamples !== 0) found.push(`${openSamples} samples are in no counter`);
  if (quick.pipeline.counters.lines !== lines)
    found.push(`${lines} lines were sent, ${quick.pipeline.counters.lines} counted`);
  for (const format of ['text', 'openmetrics'] as const) {
    const page = await quick.page(format);
    if (format === 'text') look?.(page);
    const parsed = parsePage(page, format, limits);
    if (parsed.badLineCount > 0) found.push(`${format}: ${JSON.stringify(parsed.badLines[0])}`);
    if (!parsed.complete) found.push(`${format}: not a whole page`);
    found.push(...violations(page, format).slice(0, 3));
    if (full === undefined) continue;
    const other = unequal(page, await full.page(format));
    if (other !== undefined) found.push(`${format}: known lines differ: ${other}`);
  }
  if (full !== undefined && refusedBy(quick) !== refusedBy(full)) {
    found.push(`known lines differ: the page refused ${refusedBy(quick)} | ${refusedBy(full)}`);
  }
  return found;
}

function refusedBy({ store }: Direct): string {
  return JSON.stringify([...store.refused()].sort());
}

function unequal(one: string, other: string): string | undefined {
  const rows = (page: string) => page.split('\n').filter((row) => !row.includes('statsd_exporter_line_cache_'));
  const [a, b] = [rows(one), rows(other)];
  const at = a.findIndex((row, i) => row !== b[i]);
  return at === -1 && a.length === b.length ? undefined : `${a[at]} | ${b[at]}`;
}

const kinds = ['counter', 'gauge', 'observer'] as const;

/** Reads mapping files, most of them with random changes, and looks up names in the valid ones. */
export function fuzzMappings(files: number, seed: number): Fuzzed {
  const random = seeded(seed);
  const problems: string[] = [];
  let [read, loaded] = [0, 0];
  for (; read < files && problems.length < mostProblems; read++) {
    const text = fuzzedMapping(random, !random.chance(4));
    const options = { strict: random.chance(4), compatGlob: random.chance(3) };
    try {
      const result = readMapping(text, options);
      const wrong = result.findings.some(({ severity }) => severity === 'error');
      if (result.ok === wrong)
        problems.push(`ok is ${result.ok}, and the findings say otherwise: ${JSON.stringify(text)}`);
      const lines = text.split('\n').length;
      const lost = result.findings.find(({ line, column }) => !(line >= 1 && line <= lines && column >= 1));
      if (lost !== undefined) problems.push(`line ${lost.line}:${lost.column} of ${lines}: ${JSON.stringify(text)}`);
      if (!result.ok) continue;
      loaded++;
      ask(result.mapping, random);
    } catch (error) {
      problems.push(`${error}: ${JSON.stringify(options)} ${JSON.stringify(text)}`);
    }
  }
  return { lines: 0, pages: 0, mappings: read, loaded, problems };
}

function ask(mapping: Mapping, random: Random): void {
  for (let i = 0; i < 5; i++) {
    const name = fuzzedLine(random).split(':', 1)[0]!;
    for (const kind of kinds) {
      const found = mapping.find(kind, name);
      if (found !== undefined && mapping.rules[found.rule.index] !== found.rule)
        throw new Error(`a rule of no file: ${name}`);
    }
  }
}
