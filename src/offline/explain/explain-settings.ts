import type { Annotation, AnnotationTable } from '../../contract/annotation.ts';
import { settingOf } from '../../contract/annotation.ts';
import type { KindName } from '../../contract/names.ts';
import { kinds } from '../../contract/names.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { wantedPorts } from '../../inject/plan/wanted-ports.ts';
import type { Request } from '../../inject/request/request.ts';
import { flagAnnotationsOf, kindAnnotations } from '../../kinds/annotations.ts';

/** One setting of a pod's sidecar, its value and where that came from. */
export interface SettingTold {
  readonly key: string;
  /** As an annotation would say it; null where there is none. */
  readonly value: string | null;
  readonly source: 'annotation' | 'settings' | 'default';
  /** What is used instead of a default that was taken. */
  readonly instead?: string;
}

/** Every setting of the pod's sidecar that its kinds have, in the order of the docs. */
export function settingsOf(
  request: Request,
  asked: readonly KindName[],
  ports: ReadonlyMap<string, number>,
): readonly SettingTold[] {
  const chosen = new Map(wantedPorts(request, asked).map(({ name, key }) => [key, ports.get(name)]));
  return tablesOf(asked).flatMap((table) =>
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

function tablesOf(asked: readonly KindName[]): readonly AnnotationTable[] {
  return [
    sidecarAnnotations,
    flagAnnotationsOf.sidecar,
    ...kinds
      .filter((kind) => asked.includes(kind))
      .flatMap((kind): AnnotationTable[] => [kindAnnotations[kind], flagAnnotationsOf[kind]]),
  ];
}

/** Defaults that are worth a line though nobody set them: what others have to know, too. */
export function isTold({ key, source, instead }: SettingTold): boolean {
  return source !== 'default' || instead !== undefined || worthTelling.has(key);
}

const worthTelling: ReadonlySet<string> = new Set([
  sidecarAnnotations['metrics-port'].key,
  sidecarAnnotations.native.key,
  kindAnnotations.statsd['udp-port'].key,
  kindAnnotations.ingest.port.key,
  kindAnnotations.haproxy['listen-port'].key,
]);
