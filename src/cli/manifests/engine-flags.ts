import { type PodTemplatePath, readPodTemplatePath } from '../../manifest/pod-template-path.ts';
import { type FileSettings, noSettings, readSettings } from '../../settings/settings-file.ts';
import { readTextFile } from '../arguments/read-inputs.ts';

/** The paths of --pod-template-path, or what is wrong with them. */
export function podTemplatePaths(
  texts: readonly string[],
):
  | { readonly ok: true; readonly paths: readonly PodTemplatePath[] }
  | { readonly ok: false; readonly problems: string[] } {
  const read = texts.map(readPodTemplatePath);
  const problems = read.flatMap((one) => (one.ok ? [] : [`--pod-template-path: ${one.problem}`]));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, paths: read.flatMap((one) => (one.ok ? [one.path] : [])) };
}

type SettingsFile =
  | { readonly ok: true; readonly value: FileSettings }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The file of --settings; each problem names it. */
export async function readSettingsFile(file: string | undefined): Promise<SettingsFile> {
  if (file === undefined) return { ok: true, value: noSettings };
  const content = await readTextFile(file);
  if (!content.ok) return { ok: false, problems: [content.problem] };
  const read = readSettings(content.text);
  return read.ok ? read : { ok: false, problems: read.problems.map((problem) => `${file}: ${problem}`) };
}
