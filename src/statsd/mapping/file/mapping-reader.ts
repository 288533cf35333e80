import type { statsdFlags } from '../../../contract/statsd.ts';
import type { Settings } from '../../../flags/flag.ts';
import type { MakeRoom } from '../../../memory/make-room.ts';
import { objectivesFor } from '../../series/objective.ts';
import type { ObserverFallback } from '../rules/observer-settings.ts';
import type { MappingRead } from './live-mapping.ts';

type StatsdSettings = Settings<typeof statsdFlags>;

/** Reads mapping files as the flags say. Loaded here alone: YAML and regular expressions cost memory that nobody else needs. */
export async function mappingReader(settings: StatsdSettings): Promise<(text: string) => MappingRead> {
  const { readMapping } = await import('../rules/read-mapping.ts');
  const { strictConfig: strict, compatGlob } = settings;
  const observer = observerFallback(settings);
  return (text) => readMapping(text, { strict, compatGlob, observer });
}

/**
 * The same for a process that has other things to do: between the steps it has a turn for them.
 *
 * @param turn resolves when it had
 * @param makeRoom called between the steps, which leave much behind
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

/** What the flags say of observers. */
export function observerFallback(settings: StatsdSettings): ObserverFallback {
  return {
    type: settings.observerType,
    quantiles: objectivesFor(settings.summaryQuantiles),
    maxAge: settings.summaryMaxAge,
    ageBuckets: settings.summaryAgeBuckets,
    buckets: settings.histogramBuckets,
  };
}
