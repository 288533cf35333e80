import { address, boolean, duration, integer, size } from '../flags/codecs.ts';
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
  bodyLimit: flag({
    name: 'ingest.body-limit',
    codec: size,
    default: 8 * 2 ** 20,
    doc: 'The largest push, before and after decompression; a larger one is answered 413.',
    example: '8Mi',
    annotation: 'body-limit',
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
    codec: integer(1, 100_000_000),
    default: 200_000,
    doc: 'The most numbers that are held over all clients (series and buckets, times the clients that push each); pushes that need more are answered 422.',
    example: '200000',
    annotation: 'value-limit',
  }),
};
