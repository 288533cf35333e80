import type { EngineSettings } from '../../contract/offline.ts';
import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import { type Manifest, readManifest } from '../../manifest/read/manifest.ts';
import { type Knowledge, knowledgeOf } from '../../offline/evaluate/cluster-context.ts';
import { type Examined, examine } from '../../offline/evaluate/evaluate.ts';
import { version } from '../../runtime/version.ts';
import type { Io } from '../../terminal/io.ts';
import { notUtf8, readInputs } from '../arguments/read-inputs.ts';
import { readSettingsFile } from './engine-flags.ts';

/** Manifests that are looked at together, and what the engine says of each of their objects. */
export interface ManifestSet {
  readonly ok: true;
  readonly manifests: readonly Manifest[];
  readonly examined: readonly Examined[];
  readonly knowledge: Knowledge;
  /** Inputs that could not be read, a sentence each. */
  readonly unreadable: readonly string[];
}

/** Reads and judges the manifests of operands, with the settings file; or says why that one cannot be used. */
export async function readManifestSet(
  operands: readonly string[],
  settings: EngineSettings,
  paths: readonly PodTemplatePath[],
  io: Io,
): Promise<ManifestSet | { readonly ok: false; readonly problems: readonly string[] }> {
  const file = await readSettingsFile(settings.settings);
  if (!file.ok) return file;
  const { inputs, problems } = await readInputs(operands, io);
  const manifests = inputs.flatMap(({ text, source }) => (text === undefined ? [] : [readManifest(text, source)]));
  const noText = inputs.filter(({ text }) => text === undefined).map(notUtf8);
  const knowledge = knowledgeOf({ flags: settings, file: file.value, version }, manifests);
  const examined = manifests.flatMap(({ documents }) =>
    documents.flatMap((document) => examine(document, paths, knowledge)),
  );
  return { ok: true, manifests, examined, knowledge, unreadable: [...problems, ...noText] };
}
