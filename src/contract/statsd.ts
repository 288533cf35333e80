import { type Codec, where } from '../flags/codec.ts';
import {
  type Address,
  address,
  boolean,
  duration,
  file,
  integer,
  listOf,
  number,
  oneOf,
  optional,
  size,
  sizeBetween,
} from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';
import { commaList } from '../flags/patterns.ts';
import { compatibility, socketFlags } from './statsd-sockets.ts';

const isRising = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1]!);

/** A list of one element or more, each greater than the one before. */
function rising(element: Codec<number>, expects: string): Codec<readonly number[]> {
  const list = { ...listOf(element), pattern: () => commaList(element.pattern!()) };
  return where(list, expects, (values) => values.length > 0 && isRising(values));
}

const bounds = rising(number, 'a comma list of numbers, each greater than the one before');

const quantile = where(
  {
    ...number,
    numbers: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    // A power of ten may bring any number between them.
    pattern: () => '\\+?0*\\.\\d*[1-9]\\d*|\\+?(?:\\d+(?:\\.\\d*)?|\\.\\d+)[eE][+-]?\\d+',
  },
  'a number between 0 and 1, without them',
  (value) => value > 0 && value < 1,
);
const quantiles = rising(quantile, 'a comma list of numbers between 0 and 1, each greater than the one before');

/** statsd_exporter's port, UDP and TCP. */
export const statsdPort = 9125;

/** Flags of `statsd`. Where statsd_exporter has the flag, name and meaning are its own. */
export const statsdFlags = {
  listenUdp: flag({
    name: 'statsd.listen-udp',
    codec: optional(address),
    default: { host: '', port: statsdPort } as Address | undefined,
    doc: 'The UDP address to receive statsd lines on; empty disables it.',
    example: '127.0.0.1:8125',
  }),
  listenTcp: flag({
    name: 'statsd.listen-tcp',
    codec: optional(address),
    default: { host: '', port: statsdPort } as Address | undefined,
    doc: 'The TCP address to receive statsd lines on; empty disables it.',
    example: '127.0.0.1:8125',
  }),
  mappingConfig: flag({
    name: 'statsd.mapping-config',
    codec: optional(file),
    default: undefined,
    doc: 'The mapping file, or a directory whose first *.yml or *.yaml file is the mapping; read again when it changes, on SIGHUP and on POST /-/reload. What lies in /etc/metrics-sidecar/mapping, where the injection mounts it, may come later.',
    example: '/etc/metrics-sidecar/mapping/mapping.yml',
  }),
  readBuffer: flag({
    name: 'statsd.read-buffer',
    codec: size,
    default: 4 * 2 ** 20,
    doc: 'The receive buffer to ask the kernel for, per UDP socket; the kernel may give less, 0 leaves its default.',
    example: '4Mi',
    annotation: 'read-buffer',
  }),
  udpWorkers: flag({
    name: 'statsd.udp-workers',
    codec: integer(1, 64),
    default: 1,
    doc: 'How many UDP sockets and threads receive, each from some of the senders; more than one where one core is too slow. Each further one costs some 11 MB.',
    example: '2',
    annotation: 'udp-workers',
  }),
  tcpLineLimit: flag({
    name: 'statsd.tcp-line-limit',
    codec: sizeBetween(64, 2 ** 20),
    default: 8192,
    doc: 'A longer line on TCP is skipped up to its newline and counted; the connection lives.',
    example: '8Ki',
    annotation: 'tcp-line-limit',
  }),
  tcpConnections: flag({
    name: 'statsd.tcp-connections',
    codec: integer(1, 65535),
    default: 1024,
    doc: 'The most TCP connections at a time; further ones are closed and counted.',
    example: '1024',
    annotation: 'tcp-connections',
  }),
  cacheSize: flag({
    name: 'statsd.cache-size',
    codec: integer(0, 10_000_000),
    default: 65_536,
    doc: 'How many distinct lines (without their values) are remembered with their series; 16 at least, whatever is said.',
    example: '65536',
    annotation: 'cache-size',
  }),
  parseDogstatsdTags: flag({
    name: 'statsd.parse-dogstatsd-tags',
    codec: boolean,
    default: true,
    doc: 'Read the tags of DogStatsD (|#tag:value,...) as labels.',
    example: 'false',
    annotation: 'parse-dogstatsd-tags',
  }),
  observerType: flag({
    name: 'statsd.observer-type',
    codec: oneOf('summary', 'histogram'),
    default: 'summary' as 'summary' | 'histogram',
    doc: 'What timers, histograms and distributions become.',
    example: 'histogram',
    annotation: 'observer-type',
  }),
  histogramBuckets: flag({
    name: 'statsd.histogram-buckets',
    codec: bounds,
    default: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as readonly number[],
    doc: 'The upper bounds of the buckets of a histogram, in seconds for timers.',
    example: '0.01,0.1,1,10',
    annotation: 'histogram-buckets',
  }),
  summaryQuantiles: flag({
    name: 'statsd.summary-quantiles',
    codec: quantiles,
    default: [0.5, 0.9, 0.99] as readonly number[],
    doc: 'The quantiles of a summary; the rank of each is right within a tenth of its distance from 0 or 1.',
    example: '0.5,0.95,0.999',
    annotation: 'summary-quantiles',
  }),
  summaryMaxAge: flag({
    name: 'statsd.summary-max-age',
    codec: where(duration, 'a duration of 1s or more', (milliseconds) => milliseconds >= 1000),
    default: 600_000,
    doc: 'How long an observation counts in the quantiles of a summary.',
    example: '5m',
    annotation: 'summary-max-age',
  }),
  summaryAgeBuckets: flag({
    name: 'statsd.summary-age-buckets',
    codec: integer(1, 100),
    default: 5,
    doc: 'In how many steps the window of a summary slides.',
    example: '10',
    annotation: 'summary-age-buckets',
  }),
  nameLimit: flag({
    name: 'statsd.name-limit',
    codec: sizeBetween(16, 65_536),
    default: 1024,
    doc: 'A sample whose metric name has more characters is refused and counted.',
    example: '255',
    annotation: 'name-limit',
  }),
  parseInfluxdbTags: flag({
    name: 'statsd.parse-influxdb-tags',
    codec: boolean,
    default: true,
    doc: 'Read the tags of InfluxDB (name,tag=value:1|c) as labels.',
    example: 'false',
    annotation: 'parse-influxdb-tags',
  }),
  parseLibratoTags: flag({
    name: 'statsd.parse-librato-tags',
    codec: boolean,
    default: true,
    doc: 'Read the tags of Librato (name#tag=value:1|c) as labels.',
    example: 'false',
    annotation: 'parse-librato-tags',
  }),
  parseSignalfxTags: flag({
    name: 'statsd.parse-signalfx-tags',
    codec: boolean,
    default: true,
    doc: 'Read the tags of SignalFX (name[tag=value]:1|c) as labels.',
    example: 'false',
    annotation: 'parse-signalfx-tags',
  }),
  valuelessTags: flag({
    name: 'statsd.valueless-tags',
    codec: boolean,
    default: false,
    doc: 'A DogStatsD tag without a colon (|#tag) becomes a label with the value "true"; otherwise it is left out and counted.',
    example: 'true',
    annotation: 'valueless-tags',
  }),
  containerIdLabel: flag({
    name: 'statsd.container-id-label',
    codec: boolean,
    default: true,
    doc: 'The container id of DogStatsD (|c:id) becomes the label container_id; otherwise it is left out.',
    example: 'false',
    annotation: 'container-id-label',
  }),
  setWindow: flag({
    name: 'statsd.set-window',
    codec: where(duration, 'a duration of 1s or more', (milliseconds) => milliseconds >= 1000),
    default: 60_000,
    doc: 'A set (|s) becomes a gauge of its distinct values in the last whole window of this length.',
    example: '10s',
    annotation: 'set-window',
  }),
  exposeEvents: flag({
    name: 'statsd.expose-events',
    codec: boolean,
    default: false,
    doc: 'Show the events of DogStatsD as dogstatsd_events_total and its service checks as dogstatsd_service_check_status.',
    example: 'true',
    annotation: 'expose-events',
  }),
  strictConfig: flag({
    name: 'statsd.strict-config',
    codec: boolean,
    default: false,
    doc: 'Refuse a mapping file with unknown keys, or keys given twice; otherwise each is a warning.',
    example: 'true',
    annotation: 'strict-config',
  }),
  compatGlob: flag({
    name: 'statsd.compat-glob',
    codec: boolean,
    default: false,
    doc: 'Let the globs of a mapping match as those of statsd_exporter do, with their quirks: for the time of a migration.',
    example: 'true',
    annotation: 'compat-glob',
  }),
  checkConfig: flag({
    name: 'check-config',
    codec: boolean,
    default: false,
    doc: 'Read the mapping file as at a start, say what is wrong with it, and exit: 0 where the process could start with it, 1 otherwise.',
    example: 'true',
  }),
  ...socketFlags,
  ...compatibility,
};
