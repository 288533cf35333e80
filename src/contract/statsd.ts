import { where } from '../flags/codec.ts';
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
} from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';

const bounds = where(
  listOf(number),
  'a comma list of numbers, each greater than the one before',
  (values) => values.length > 0 && values.every((value, i) => i === 0 || value > values[i - 1]!),
);

const quantiles = where(
  listOf(number),
  'a comma list of numbers between 0 and 1, each greater than the one before',
  (values) =>
    values.length > 0 && values.every((value, i) => value > 0 && value < 1 && (i === 0 || value > values[i - 1]!)),
);

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
    doc: 'The mapping file, or a directory whose first *.yml or *.yaml file is the mapping. This version applies no mapping.',
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
  tcpLineLimit: flag({
    name: 'statsd.tcp-line-limit',
    codec: where(size, 'a size from 64 to 1Mi', (bytes) => bytes >= 64 && bytes <= 2 ** 20),
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
    codec: integer(16, 10_000_000),
    default: 65_536,
    doc: 'How many distinct lines (without their values) are remembered with their series.',
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
    codec: where(size, 'a size from 16 to 64Ki', (bytes) => bytes >= 16 && bytes <= 65_536),
    default: 1024,
    doc: 'A sample whose metric name has more characters is refused and counted.',
    example: '255',
    annotation: 'name-limit',
  }),
};
