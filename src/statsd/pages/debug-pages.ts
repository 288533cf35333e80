import type { statsdFlags } from '../../contract/statsd.ts';
import type { Settings } from '../../flags/flag.ts';
import type { RuntimeContext, RuntimePage } from '../../runtime/runtime.ts';
import type { MappingUse } from '../counts/mapping-use.ts';
import type { MappingState } from '../mapping/file/live-mapping.ts';
import { createPlayground } from '../playground/playground.ts';

export interface DebugPagesOptions {
  readonly settings: Settings<typeof statsdFlags>;
  /** Undefined: the flags name no mapping. */
  readonly mapping: () => MappingState | undefined;
  readonly use: () => MappingUse;
  /** Milliseconds. */
  readonly now: () => number;
  readonly memory: Pick<RuntimeContext, 'memory' | 'memoryLeft'>;
}

/** The pages of statsd beside those of every sidecar. */
export interface DebugPages {
  readonly pages: readonly RuntimePage[];
  close(): Promise<void>;
}

/** `/debug/mappings` and `/debug/explain`; their code is loaded with the first request. */
export function createDebugPages({ settings, mapping, use, now, memory }: DebugPagesOptions): DebugPages {
  const inUse = () => {
    const { file, text } = mapping() ?? {};
    return file === undefined || text === undefined ? undefined : { file, text };
  };
  const playground = createPlayground({
    settings,
    mapping: inUse,
    now,
    heap: memory.memory?.worker,
    memoryLeft: memory.memoryLeft,
  });
  const mappings: RuntimePage = {
    path: '/debug/mappings',
    methods: ['GET', 'HEAD'],
    async answer(request) {
      const { mappingsPage } = await import('./debug-mappings.ts');
      return mappingsPage(request, use(), inUse()?.file);
    },
  };
  return { pages: [mappings, ...playground.pages], close: playground.close };
}
