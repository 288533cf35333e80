/** Where the version stands beside `package.json`, and how it is read and written there. */

export interface Place {
  readonly file: string;
  /** Each match has one group: the version. */
  readonly pattern: RegExp;
}

/** Semantic versions without build metadata, which no image tag can carry. */
export const semver = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

const chart = 'charts/metrics-sidecar/Chart.yaml';
const number = '\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]*[0-9A-Za-z])?';

/** A tag of image, chart or repository, or the version that helm is told. */
export const named = new RegExp(
  `(?:metrics-sidecar(?::|-)|refs/tags/v|--version[ =]v?|targetRevision: )(${number})(?![\\w.])`,
  'g',
);

export const places: readonly Place[] = [
  { file: 'package.json', pattern: new RegExp(`^ {2}"version": "(${number})"`, 'gm') },
  // The lock names it twice: for itself, and for the package that lies in the root.
  {
    file: 'package-lock.json',
    pattern: new RegExp(`(?<="name": "metrics-sidecar",\\s+"version": ")(${number})(?=")`, 'g'),
  },
  { file: 'src/runtime/version.ts', pattern: new RegExp(`^export const version = '(${number})';`, 'gm') },
  { file: 'Dockerfile', pattern: new RegExp(`^ARG VERSION=(${number})$`, 'gm') },
  { file: chart, pattern: new RegExp(`^(?:appV|v)ersion: "?(${number})"?$`, 'gm') },
  { file: chart, pattern: named },
];

/** Every version that stands at a place. */
export function versionsAt(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, version]) => version!);
}

/** The text with another version at every place of the pattern. */
export function withVersion(text: string, pattern: RegExp, version: string): string {
  return text.replace(pattern, (whole, old: string) => whole.replace(old, version));
}

/** The changelog with a section for the version on top; one that is there already stays as it is. */
export function withSection(changelog: string, version: string): string {
  if (section(changelog, version) !== undefined) return changelog;
  return changelog.replace(/^## /m, () => `## ${version} (unreleased)\n\n- \n\n## `);
}

/** What the changelog says of a version; undefined: nothing. `date` is "unreleased" or a day such as 2026-11-21. */
export function section(
  changelog: string,
  version: string,
): { readonly date: string; readonly text: string } | undefined {
  const [, ...parts] = `\n${changelog}`.split(/\n## /);
  const part = parts.find((each) => each.startsWith(`${version} (`));
  const [, date, text] = /^\S+ \(([^)]*)\)\n([\s\S]*)$/.exec(part ?? '') ?? [];
  return date === undefined || text === undefined ? undefined : { date, text: text.trim() };
}
