// A long run: node test/manifest/fuzz.ts DOCUMENTS [SEED]; the exit code says whether everything held.
import { fuzzEdits } from './fuzz-run.ts';

const [documents = 100_000, seed = Date.now() | 0] = process.argv.slice(2).map(Number);
const start = Date.now();
console.log(`seed ${seed}`);
const ran = fuzzEdits(documents, seed);
console.log(`${ran.documents} documents, ${Math.round((Date.now() - start) / 1000)} s`);
for (const problem of ran.problems) console.error(problem);
process.exitCode = ran.problems.length === 0 ? 0 : 1;
