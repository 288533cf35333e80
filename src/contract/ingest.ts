import { address, boolean, duration, integer, optional, size } from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';

/** Flags of `ingest`. */
export const ingestFlags = {
  listenAddress: flag({
    name: 'ingest.listen-address',
    codec: address,
    default: { host: '', port: 4888 },
    doc: "The address that takes pushes; monasca-sidecar's port by default.",
    example: '127.0.0.1:4888',
  }),
  allowRemote: flag({
    name: 'ingest.allow-remote',
    codec: boolean,
    default: false,
    doc: 'Take pushes from addresses other than loopback too.',
    example: 'true',
    annotation: 'allow-remote',
  }),
  clientTtl: flag({
    name: 'ingest.client-ttl',
    codec: duration,
    default: 60_000,
    doc: 'A client that pushed nothing for this long is gone: its gauges leave, its counters stay in the total; 0s: never.',
    example: '2m',
    annotation: 'client-ttl',
  }),
  coldStart: flag({
    name: 'ingest.cold-start',
    codec: duration,
    default: 60_000,
    doc: 'For how long after its start a sidecar that is not the first of its pod only watches the counters of clients that say no start, since a sidecar before it may have counted them; 0s: not at all. Longer than the interval of the slowest client.',
    example: '2m',
    annotation: 'cold-start',
  }),
  bodyLimit: flag({
    name: 'ingest.body-limit',
    codec: size,
    default: 2 ** 20,
    doc: 'The largest push, before and after decompression; a larger one is answered 413. Four of this size may be under way at once.',
    example: '4Mi',
    annotation: 'body-limit',
  }),
  pushLimit: flag({
    name: 'ingest.push-limit',
    codec: integer(1, 10_000_000),
    default: 50_000,
    doc: 'The most lists, objects and members in the JSON of one push (a row of one label has six), counted before it is read; a push with more is answered 422.',
    example: '100000',
    annotation: 'push-limit',
  }),
  clientLimit: flag({
    name: 'ingest.client-limit',
    codec: integer(1, 1_000_000),
    default: 1024,
    doc: 'The most clients at a time; pushes of further ones are answered 422.',
    example: '1024',
    annotation: 'client-limit',
  }),
  valueLimit: flag({
    name: 'ingest.value-limit',
    codec: optional(integer(1, 100_000_000)),
    default: undefined,
    doc: 'The most numbers that are held over all clients (series and buckets, times the clients that push each); pushes that need more are answered 422. By default what a fifth of the memory holds that the container has beside the process itself: 32,000 in 128Mi, 5,800 in 64Mi, 400,000 without a limit.',
    example: '50000',
    annotation: 'value-limit',
  }),
};
