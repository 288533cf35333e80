// Sums up the JSON reports of a folder and prints "N passed, N failed, N skipped"; a suite that failed without a failed
// test (it could not start, or left an error behind) counts as one. The exit code is that of the whole run.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };
const reports = readdirSync(folder).filter((file) => file.endsWith('.json'));
const failedIn = new Set();
for (const file of reports) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  sum.passed += report.numPassedTests;
  sum.failed += report.numFailedTests;
  sum.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  if (report.numFailedTests > 0) failedIn.add(file.replace(/\.json$/, ''));
}
const list = join(folder, 'failed');
const failedSuites = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [];
for (const suite of failedSuites) if (!failedIn.has(suite)) sum.failed++;
if (failedSuites.length > 0) console.log(`failed: ${failedSuites.join(', ')}`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 && failedSuites.length === 0 && sum.passed > 0 ? 0 : 1;
