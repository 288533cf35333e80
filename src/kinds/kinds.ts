import { haproxy } from './haproxy.ts';
import { ingest } from './ingest.ts';
import type { Kind } from './kind.ts';
import { portMonitor } from './port-monitor.ts';
import { statsd } from './statsd.ts';

/**
 * The kinds, in the order of docs, arguments and containers. Everything that names the kinds follows from this list:
 * commands, flags, annotations, settings, plans, completion, docs, chart.
 */
export const kinds: readonly Kind[] = [statsd, ingest, portMonitor, haproxy];
