import { type Codec, codecOf, parsed, refused, scalarBytes, where } from '../flags/codec.ts';
import { type Address, address, integer, listOf, oneOf, optional, size, text } from '../flags/codecs.ts';
import { flag } from '../flags/flag.ts';

/** Bytes of `sun_path` but for the NUL behind it (unix(7)). */
const longestPath = 107;

/**
 * The place of a Unix socket: a path of the file system, or with a leading `@` a name of Linux's abstract namespace.
 */
const socketPath: Codec<string> = where(
  { ...text, placeholder: 'PATH' },
  `the path of a socket or, on Linux, @NAME: ${longestPath} bytes at most`,
  (value) => value !== '' && value !== '@' && Buffer.byteLength(value) <= longestPath,
);

/** Permission bits in octal, as `chmod` takes them. */
const mode: Codec<number> = codecOf({
  placeholder: 'MODE',
  expects: 'permission bits in octal, such as 755 or 0777',
  most: scalarBytes,
  read: (value) => (/^0?[0-7]{1,3}$/.test(value) ? parsed(Number.parseInt(value, 8)) : refused(value, mode.expects)),
  format: (value) => value.toString(8).padStart(3, '0'),
});

export interface RelayAddress extends Address {
  readonly protocol: 'udp' | 'tcp';
}

/** A target of the relay. Without a protocol it is UDP, as statsd_exporter writes it. */
export const relayAddress: Codec<RelayAddress> = codecOf({
  placeholder: '[udp://|tcp://]HOST:PORT',
  expects: 'a target such as statsd.example:8125, udp://10.0.0.1:8125 or tcp://[::1]:8125',
  most: scalarBytes,
  read(value) {
    const [, protocol = 'udp', rest] = /^(?:(udp|tcp):\/\/)?(.*)$/s.exec(value)!;
    const result = address.parse(rest!);
    return result.ok && result.value.host !== '' && result.value.port !== 0
      ? parsed({ protocol: protocol as 'udp' | 'tcp', ...result.value })
      : refused(value, relayAddress.expects);
  },
  format: ({ protocol, ...rest }) => `${protocol === 'udp' ? '' : 'tcp://'}${address.format(rest)}`,
});

/** Flags of the ways in and out that are neither UDP nor TCP listeners. */
export const socketFlags = {
  listenUnix: flag({
    name: 'statsd.listen-unix',
    codec: optional(socketPath),
    default: undefined,
    doc: 'The Unix stream socket to receive statsd lines on, framed as over TCP; empty disables it.',
    example: '/var/run/statsd/statsd.sock',
  }),
  listenUnixgram: flag({
    name: 'statsd.listen-unixgram',
    codec: optional(socketPath),
    default: undefined,
    doc: 'The Unix datagram socket to receive statsd lines on; empty disables it. Needs the optional package unix-dgram; without it the program does not start with this flag.',
    example: '/var/run/statsd/dsd.socket',
  }),
  unixsocketMode: flag({
    name: 'statsd.unixsocket-mode',
    codec: mode,
    default: 0o755,
    doc: 'The permissions of the Unix sockets; who sends must be allowed to write.',
    example: '777',
  }),
  relayAddresses: flag({
    name: 'statsd.relay.address',
    codec: listOf(relayAddress),
    default: [] as readonly RelayAddress[],
    doc: 'Where every line that comes in is sent too, as it came; several targets each get all of them.',
    example: 'statsd.example:8125,tcp://10.0.0.1:8125',
  }),
  relayPacketLength: flag({
    name: 'statsd.relay.packet-length',
    codec: where(size, 'a size from 16 to 65507', (bytes) => bytes >= 16 && bytes <= 65_507),
    default: 1400,
    doc: 'The longest datagram that the relay sends; a longer line is not relayed but counted.',
    example: '8192',
  }),
};

/** Any value that the reference takes there; it is not looked at any further. */
const ignored = optional(text);
const noEffect = (what: string) => `Accepted from command lines of statsd_exporter, without effect: ${what}`;

/** Flags of statsd_exporter for parts that do not exist here. Each one that is given is named in the log. */
export const compatibility = {
  eventQueueSize: flag({
    name: 'statsd.event-queue-size',
    codec: optional(integer(0, Number.MAX_SAFE_INTEGER)),
    default: undefined,
    doc: noEffect('there is no queue of events, values are applied at once.'),
    example: '10000',
  }),
  eventFlushThreshold: flag({
    name: 'statsd.event-flush-threshold',
    codec: optional(integer(0, Number.MAX_SAFE_INTEGER)),
    default: undefined,
    doc: noEffect('there is no queue of events, values are applied at once.'),
    example: '1000',
  }),
  eventFlushInterval: flag({
    name: 'statsd.event-flush-interval',
    codec: ignored,
    default: undefined,
    doc: noEffect('there is no queue of events, values are applied at once.'),
    example: '200ms',
  }),
  cacheType: flag({
    name: 'statsd.cache-type',
    codec: optional(oneOf('lru', 'random')),
    default: undefined as 'lru' | 'random' | undefined,
    doc: noEffect('the table of known lines has one way of forgetting.'),
    example: 'lru',
  }),
  udpPacketQueueSize: flag({
    name: 'statsd.udp-packet-queue-size',
    codec: optional(integer(0, Number.MAX_SAFE_INTEGER)),
    default: undefined,
    doc: noEffect("datagrams wait in the kernel's buffer alone (--statsd.read-buffer)."),
    example: '10000',
  }),
  dumpFsm: flag({
    name: 'debug.dump-fsm',
    codec: ignored,
    default: undefined,
    doc: noEffect('mappings are not matched by such a machine.'),
    example: '/tmp/fsm.dot',
  }),
};
