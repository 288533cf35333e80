import type { statsdFlags } from '../../../contract/statsd.ts';
import type { Settings } from '../../../flags/flag.ts';
import type { MakeRoom } from '../../../memory/make-room.ts';
import { objectivesFor } from '../../series/objective.ts';
import type { ObserverFallback } from '../rules/observer-settings.ts';
import type { MappingRead } from './live-mapping.ts';

type StatsdSettings = Settings<typeof statsdFlags>;

/**
 * Reads mapping files with the options of the flags. Loaded here only: YAML and regular expressions cost memory that no
 * other part needs.
 */
export async function mappingReader(settings: StatsdSettings): Promise<(text: string) => MappingRead> {
  const { readMapping } = await import('../rules/read-mapping.ts');
  const { strictConfig: strict, compatGlob } = settings;
  const observer = observerFallback(settings);
  return (text) => readMapping(text, { strict, compatGlob, observer });
}

/**
 * The same for a process with other work: it yields between the steps.
 *
 * @param turn resolves when the other work had its turn.
 * @param makeRoom called between the steps, which leave much garbage.
 */
export async function mappingReaderInTurns(
  settings: StatsdSettings,
  turn: () => Promise<void>,
  makeRoom: MakeRoom = () => {},
): Promise<(text: string) => Promise<MappingRead>> {
  const { mappingSteps } = await import('../rules/read-mapping.ts');
  const { strictConfig: strict, compatGlob } = settings;
  const observer = observerFallback(settings);
  return async (text) => {
    const steps = mappingSteps(text, { strict, compatGlob, observer });
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      makeRoom();
      await turn();
    }
  };
}

/** The options of observers in the flags. */
export function observerFallback(settings: StatsdSettings): ObserverFallback {
  return {
    type: settings.observerType,
    quantiles: objectivesFor(settings.summaryQuantiles),
    maxAge: settings.summaryMaxAge,
    ageBuckets: settings.summaryAgeBuckets,
    buckets: settings.histogramBuckets,
  };
}
