import { type Setting, settingOf } from '../../contract/annotation.ts';
import { container, type KindName } from '../../contract/names.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { kindAnnotations } from '../../kinds/annotations.ts';
import type { Request } from '../request/request.ts';
import type { Resource } from './resource-range.ts';

/** The resources of a running container of ours, as the settings have them. */
export interface ResourceSettings {
  /** The container's name. */
  readonly name: string;
  /** The settings with their annotation keys. */
  readonly settings: Readonly<
    Record<`${Resource}-${'request' | 'limit'}`, { readonly key: string; readonly setting: Setting<string> }>
  >;
}

/** The settings of all running containers of ours, for the kinds that are asked for. */
export function resourceSettings(request: Request, kinds: readonly KindName[]): ResourceSettings[] {
  const ofContainer = (
    name: string,
    table: typeof sidecarAnnotations | typeof kindAnnotations.haproxy,
  ): ResourceSettings => {
    const keyed = (setting: keyof ResourceSettings['settings']) => ({
      key: table[setting].key,
      setting: settingOf(request, table[setting]),
    });
    return {
      name,
      settings: {
        'cpu-request': keyed('cpu-request'),
        'cpu-limit': keyed('cpu-limit'),
        'memory-request': keyed('memory-request'),
        'memory-limit': keyed('memory-limit'),
      },
    };
  };
  return [
    ofContainer(container.sidecar, sidecarAnnotations),
    ...(kinds.includes('haproxy') ? [ofContainer(container.haproxy, kindAnnotations.haproxy)] : []),
  ];
}
