import type { NativeOptions } from '../../exposition/metric/native-buckets.ts';
import type { SummaryOptions } from './summary.ts';

/** The metric type of timers, histograms and distributions, with its options. */
export type ObserverOptions =
  | {
      readonly type: 'summary';
      /** Strictly increasing. */
      readonly quantiles: readonly number[];
      readonly summary: SummaryOptions;
    }
  | {
      readonly type: 'histogram';
      readonly bounds: readonly number[];
      /** Undefined: classic buckets alone. */
      readonly native?: NativeOptions | undefined;
    };
