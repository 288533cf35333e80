import type { EngineSettings } from '../../contract/offline.ts';
import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import { type Manifest, readManifest } from '../../manifest/read/manifest.ts';
import { type ClusterContext, clusterContextOf } from '../../offline/evaluate/cluster-context.ts';
import { type EvaluatedObject, evaluateDocument } from '../../offline/evaluate/evaluate.ts';
import type { Invalid } from '../../result/result.ts';
import { version } from '../../runtime/version.ts';
import type { Io } from '../../terminal/io.ts';
import { notUtf8, readInputs } from '../arguments/read-inputs.ts';
import { readSettingsFile } from './engine-flags.ts';

/** Manifests that are evaluated together, with the engine's outcomes for their objects. */
export interface ManifestSet {
  readonly ok: true;
  readonly manifests: readonly Manifest[];
  readonly evaluated: readonly EvaluatedObject[];
  readonly cluster: ClusterContext;
  /** Inputs that could not be read, a sentence each. */
  readonly unreadable: readonly string[];
}

/** Reads and evaluates the manifests of operands; problems of the settings file end it. */
export async function readManifestSet(
  operands: readonly string[],
  settings: EngineSettings,
  paths: readonly PodTemplatePath[],
  io: Io,
): Promise<ManifestSet | Invalid> {
  const file = await readSettingsFile(settings.settings);
  if (!file.ok) return file;
  const { inputs, problems } = await readInputs(operands, io);
  const manifests = inputs.flatMap(({ text, source }) => (text === undefined ? [] : [readManifest(text, source)]));
  const notTexts = inputs.filter(({ text }) => text === undefined).map(notUtf8);
  const cluster = clusterContextOf({ flags: settings, file: file.value, version }, manifests);
  const evaluated = manifests.flatMap(({ documents }) =>
    documents.flatMap((document) => evaluateDocument(document, paths, cluster)),
  );
  return { ok: true, manifests, evaluated, cluster, unreadable: [...problems, ...notTexts] };
}
