import type { Annotation } from '../../contract/annotation.ts';
import { settingOf } from '../../contract/annotation.ts';
import type { KindName } from '../../contract/names.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { wantedPorts } from '../../inject/plan/wanted-ports.ts';
import type { Request } from '../../inject/request/request.ts';
import { annotationsOf } from '../../kinds/annotations.ts';
import { kinds } from '../../kinds/kinds.ts';

/** One setting of a pod's sidecar, with the source of its value. */
export interface ExplainedSetting {
  readonly key: string;
  /** As the text of an annotation; null where the setting has no value. */
  readonly value: string | null;
  readonly source: 'annotation' | 'settings' | 'default';
  /** The port that is used instead of a default port that is taken. */
  readonly instead?: string;
}

/** Every setting of the pod's sidecar that its kinds have, in the order of the docs. */
export function settingsOf(
  request: Request,
  asked: readonly KindName[],
  ports: ReadonlyMap<string, number>,
): readonly ExplainedSetting[] {
  const askedKinds = kinds.filter(({ name }) => asked.includes(name));
  const chosen = new Map(wantedPorts(request, askedKinds).map(({ name, key }) => [key, ports.get(name)]));
  return ['sidecar', ...askedKinds.map(({ name }) => name)].map(annotationsOf).flatMap((table) =>
    Object.values(table).map((annotation: Annotation<unknown>) => {
      const { value, source } = settingOf(request, annotation);
      const instead = source === 'annotation' || typeof value !== 'number' ? undefined : chosen.get(annotation.key);
      return {
        key: annotation.key,
        value: value === undefined ? null : annotation.codec.format(value),
        source,
        ...(instead !== undefined && instead !== value && { instead: String(instead) }),
      };
    }),
  );
}

/** Whether the text shows a setting: those that somebody set, and the defaults that others connect to. */
export function isShown({ key, source, instead }: ExplainedSetting): boolean {
  return source !== 'default' || instead !== undefined || shownDefaults.has(key);
}

const shownDefaults: ReadonlySet<string> = new Set([
  sidecarAnnotations['metrics-port'].key,
  sidecarAnnotations.native.key,
  ...kinds.flatMap(({ alwaysExplained }) => alwaysExplained.map(({ key }) => key)),
]);
