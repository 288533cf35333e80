/**
 * Writes and checks the version in every file that has it. `package.json` is the source.
 *
 *   npm run set-version -- 1.2.3          write 1.2.3 everywhere, and a section for it into the changelog
 *   npm run set-version -- --check v1.2.3 whether this tag may be released; exit code 1 and all problems if not
 *   npm run set-version -- --notes        what the changelog says of this version
 *   npm run set-version -- --changes      the same into Chart.yaml, for Artifact Hub; before the chart is packaged
 */
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pointsOf, withChanges } from './chart-changes.ts';
import { named, places, section, semver, versionsAt, withSection, withVersion } from './version-places.ts';

const chartFile = 'charts/metrics-sidecar/Chart.yaml';
const repository = 'https://github.com/metrics-sidecar/metrics-sidecar';
const root = join(import.meta.dirname, '..');
const read = (file: string) => readFile(join(root, file), 'utf8');
const write = (file: string, text: string) => writeFile(join(root, file), text);

/** Pages that speak of this version; the changelog and the upgrade guide speak of others too. */
export function pages(): readonly string[] {
  const below = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));
  const all = ['README.md', 'CONTRIBUTING.md', ...['docs', 'charts', 'examples', 'webhook-certs'].flatMap(below)];
  return all.filter((file) => file.endsWith('.md') && file !== 'docs/upgrade.md');
}

/** Every place that says another version than `version`, in words. */
export async function disagreements(version: string): Promise<readonly string[]> {
  const check = async (file: string, pattern: RegExp, least: number) => {
    const found = versionsAt(await read(file), pattern);
    return [
      ...found.filter((each) => each !== version).map((each) => `${file} says ${each}, package.json ${version}`),
      ...(found.length < least ? [`${file} has no place for a version: ${pattern.source}`] : []),
    ];
  };
  const checks = [
    ...places.map(({ file, pattern }) => check(file, pattern, 1)),
    ...pages().map((file) => check(file, named, 0)),
  ];
  return (await Promise.all(checks)).flat();
}

async function set(version: string): Promise<void> {
  for (const { file, pattern } of [...places, ...pages().map((page) => ({ file: page, pattern: named }))]) {
    const text = await read(file);
    const next = withVersion(text, pattern, version);
    if (next !== text) await write(file, next);
  }
  await write('CHANGELOG.md', withSection(await read('CHANGELOG.md'), version));
}

/** Why no release may be made of this tag; none where one may. */
async function releaseProblems(tag: string, version: string): Promise<readonly string[]> {
  const notes = section(await read('CHANGELOG.md'), version);
  return [
    ...(tag === `v${version}` ? [] : [`the tag is ${tag}, package.json says ${version}`]),
    ...(await disagreements(version)),
    ...(notes === undefined ? [`CHANGELOG.md has no section "## ${version} (…)"`] : []),
    ...(notes !== undefined && !/^\d{4}-\d\d-\d\d$/.test(notes.date)
      ? [`CHANGELOG.md: the date of ${version} is "${notes.date}"`]
      : []),
    ...(notes !== undefined && /^[-\s]*$/.test(notes.text) ? [`CHANGELOG.md says nothing of ${version}`] : []),
  ];
}

async function main([what, tag = '']: readonly string[]): Promise<void> {
  const { version } = JSON.parse(await read('package.json')) as { version: string };
  if (what === '--check') {
    const problems = await releaseProblems(tag, version);
    for (const problem of problems) console.error(`version: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  } else if (what === '--notes') {
    console.log(section(await read('CHANGELOG.md'), version)?.text ?? '');
  } else if (what === '--changes') {
    const points = pointsOf(section(await read('CHANGELOG.md'), version)?.text ?? '');
    await write(chartFile, withChanges(await read(chartFile), points, `${repository}/blob/v${version}/CHANGELOG.md`));
  } else if (what !== undefined && semver.test(what)) {
    await set(what);
  } else {
    console.error('usage: version.ts X.Y.Z | --check TAG | --notes | --changes');
    process.exitCode = 2;
  }
}

if (import.meta.main) await main(process.argv.slice(2));
