// A long run: node test/statsd/fuzz.ts LINES MAPPINGS [SEED]; the exit code says whether everything held.
import { fuzzLines, fuzzMappings } from './fuzz-run.ts';

const [lines = 1_000_000, mappings = 10_000, seed = Date.now() | 0] = process.argv.slice(2).map(Number);
const start = Date.now();
const seconds = () => Math.round((Date.now() - start) / 1000);
const memory = () => `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`;
let shown = 0;
const watch = (done: number) => {
  if (done < shown) return;
  shown = done + lines / 10;
  console.log(`${done} lines, ${seconds()} s, ${memory()}`);
};

console.log(`seed ${seed}`);
const sent = await fuzzLines(lines, seed, { watch });
console.log(`${sent.lines} lines, ${sent.pages} pages, ${seconds()} s, ${memory()}`);
const read = fuzzMappings(mappings, seed);
console.log(`${read.mappings} mapping files, ${read.loaded} of them taken, ${seconds()} s, ${memory()}`);
const problems = [...sent.problems, ...read.problems];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
