import { type PodTemplatePath, readPodTemplatePath } from '../../manifest/pod-template-path.ts';
import type { Validated } from '../../result/result.ts';
import { type FileSettings, noSettings, readSettings } from '../../settings/settings-file.ts';
import { readTextFile } from '../arguments/read-inputs.ts';

/** The paths of --pod-template-path, or all their problems. */
export function podTemplatePaths(texts: readonly string[]): Validated<readonly PodTemplatePath[]> {
  const read = texts.map(readPodTemplatePath);
  const problems = read.flatMap((one) => (one.ok ? [] : [`--pod-template-path: ${one.problem}`]));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: read.flatMap((one) => (one.ok ? [one.value] : [])) };
}

/** The file of --settings; each problem names it. */
export async function readSettingsFile(file: string | undefined): Promise<Validated<FileSettings>> {
  if (file === undefined) return { ok: true, value: noSettings };
  const content = await readTextFile(file);
  if (!content.ok) return { ok: false, problems: [content.problem] };
  const read = readSettings(content.value);
  return read.ok ? read : { ok: false, problems: read.problems.map((problem) => `${file}: ${problem}`) };
}
