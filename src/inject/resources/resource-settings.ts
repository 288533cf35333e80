import { type GivenSettings, type Setting, settingOf } from '../../contract/annotation.ts';
import { container } from '../../contract/names.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { ResourceAnnotations, RunningContainer } from '../../kinds/injection/kind-plan.ts';

export interface KeyedSetting {
  readonly key: string;
  readonly setting: Setting<string>;
}

/** The resources of a running container of ours, as the settings have them. */
export interface ResourceSettings {
  /** The container's name. */
  readonly name: string;
  /** The settings with their annotation keys. */
  readonly settings: Readonly<Record<keyof ResourceAnnotations, KeyedSetting>>;
}

/** The settings of all running containers of ours: the sidecar, and those that the kinds bring. */
export function resourceSettings(request: GivenSettings, running: readonly RunningContainer[]): ResourceSettings[] {
  const ofContainer = (name: string, table: ResourceAnnotations): ResourceSettings => {
    const keyed = (setting: keyof ResourceAnnotations) => ({
      key: table[setting].key,
      setting: settingOf(request, table[setting]),
    });
    return {
      name,
      settings: {
        'cpu-request': keyed('cpu-request'),
        'cpu-limit': keyed('cpu-limit'),
        'guaranteed-cpu': keyed('guaranteed-cpu'),
        'memory-request': keyed('memory-request'),
        'memory-limit': keyed('memory-limit'),
      },
    };
  };
  return [
    ofContainer(container.sidecar, sidecarAnnotations),
    ...running.map(({ name, resources }) => ofContainer(name, resources)),
  ];
}
