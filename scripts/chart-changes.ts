/**
 * The changes of a version as Artifact Hub shows them (the annotation `artifacthub.io/changes`), from the changelog.
 * `npm run set-version -- --changes` writes them into Chart.yaml before the chart is packaged. They are not committed:
 * the changelog is their only source.
 */
import { dump } from 'js-yaml';

/** Artifact Hub shows a list; beyond that people read the changelog. */
const most = 50;

/** The points of a section of the changelog: each one line, without emphasis. */
export function pointsOf(section: string): readonly string[] {
  const points = `\n${section}`.split(/\n- /).slice(1);
  return points
    .map((point) => point.replaceAll(/\s+/g, ' ').replaceAll('**', '').trim())
    .filter((point) => point !== '');
}

/** Chart.yaml with the changes of a version among its annotations; those of an earlier call are replaced. */
export function withChanges(chart: string, points: readonly string[], changelog: string): string {
  const shown = points.slice(0, most);
  const more = points.length - shown.length;
  const list = [...shown, ...(more > 0 ? [`${more} more: ${changelog}`] : [])];
  const text = dump(list, { lineWidth: -1, forceQuotes: true }).trimEnd().replaceAll(/^/gm, '    ');
  const without = chart.replace(/^ {2}artifacthub\.io\/changes: \|\n(?: {4}.*\n)*/m, '');
  if (list.length === 0) return without;
  return without.replace(/^annotations:\n/m, (head) => `${head}  artifacthub.io/changes: |\n${text}\n`);
}
