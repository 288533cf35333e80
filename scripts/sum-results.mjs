// Sums up the JSON reports of a folder: prints each failed test with its message, so that the end of a log is enough,
// then "N passed, N failed, N skipped". A suite that failed without a failed test (it could not start, or left an error
// behind) counts as one. The exit code is that of the whole run.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const mostCharacters = 1500;

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
  for (const { name, status, message, assertionResults } of report.testResults) {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    for (const { fullName, failureMessages } of failed)
      say(`${relative('.', name)}: ${fullName}`, failureMessages.join('\n'));
    if (status === 'failed' && failed.length === 0) say(relative('.', name), message);
  }
}
const list = join(folder, 'failed');
const failedSuites = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [];
for (const suite of failedSuites) if (!failedIn.has(suite)) sum.failed++;
if (failedSuites.length > 0) console.log(`failed: ${failedSuites.join(', ')}`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 && failedSuites.length === 0 && sum.passed > 0 ? 0 : 1;

function say(title, message) {
  console.log(`FAILED ${title}\n${message.slice(0, mostCharacters)}\n`);
}
