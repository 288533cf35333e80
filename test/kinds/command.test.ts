import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sidecarFlags } from '../../src/contract/sidecar.ts';
import { webhookFlags } from '../../src/contract/webhook.ts';
import { defaults, type Flag, type FlagTable } from '../../src/flags/flag.ts';
import { parseFlags } from '../../src/flags/parse-flags.ts';
import { renderFlags } from '../../src/flags/render-flags.ts';
import { parseCommand, renderCommand, type SidecarCommand } from '../../src/kinds/command.ts';
import type { Kind } from '../../src/kinds/kind.ts';
import { kindNamed, kindNames } from '../../src/kinds/kind-names.ts';
import { kinds } from '../../src/kinds/kinds.ts';

/** Texts that a codec takes: what people write, near misses included, kept where the codec reads them. */
const candidates = fc.oneof(
  fc.constantFrom(
    ...[
      'true',
      'false',
      'auto',
      'debug',
      'warn',
      'logfmt',
      'histogram',
      'deny',
      ':9102',
      '127.0.0.1:1',
      '[::1]:8125',
      '0',
    ],
    ...[
      '1s',
      '1h2m3s4ms',
      '90m',
      '4Ki',
      '10Mi',
      '/a/b',
      'http://127.0.0.1:8080/m?x=1',
      'a file.yml',
      '1.31',
      'v1.29.4',
    ],
    ...['1,2.5,10', '/api/users/:id,/', 'pay=https://p.example,a-b=http://10.0.0.1:81'],
  ),
  fc.integer({ min: 0, max: 100_000 }).map(String),
  fc.integer({ min: 0, max: 100_000 }).map((n) => `${n}ms`),
);

function settingsOf(table: FlagTable): fc.Arbitrary<Record<string, unknown>> {
  const values = Object.entries(table).map(([key, { codec, default: standard }]) => [
    key,
    candidates.map((text) => codec.parse(text)).map((result) => (result.ok ? result.value : standard)),
  ]);
  return fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<unknown>>);
}

const command = fc.record({
  shared: settingsOf(sidecarFlags),
  segments: fc
    .subarray([...kinds], { minLength: 1 })
    .chain((some) =>
      fc.tuple(...some.map((kind) => fc.record({ kind: fc.constant(kind), settings: settingsOf(kind.flags) }))),
    ),
}) as unknown as fc.Arbitrary<SidecarCommand>;

describe('parsing rendered arguments gives the settings back', () => {
  test('for every command of the sidecar', () => {
    fc.assert(
      fc.property(command, (given) => {
        expect(parseCommand(renderCommand(given))).toEqual({ ok: true, value: given });
      }),
    );
  });

  test('for the webhook', () => {
    fc.assert(
      fc.property(settingsOf(webhookFlags), (settings) => {
        expect(parseFlags(webhookFlags, renderFlags(webhookFlags, settings as never))).toMatchObject({
          ok: true,
          settings,
        });
      }),
    );
  });

  test.each<[string, FlagTable]>([
    ['sidecar', sidecarFlags],
    ['webhook', webhookFlags],
    ...kinds.map(({ name, flags }): [string, FlagTable] => [name, flags]),
  ])('each default and example of %s is a value of its codec', (_, table) => {
    for (const { name, codec, default: standard, example } of Object.values(table) as Flag<unknown>[]) {
      expect.soft(codec.parse(codec.format(standard)), name).toEqual({ ok: true, value: standard });
      expect.soft(codec.parse(example), name).toMatchObject({ ok: true });
    }
  });
});

const [statsd, ingest, portMonitor] = ['statsd', 'ingest', 'port-monitor'].map((name) => kindNamed(name)!) as [
  Kind,
  Kind,
  Kind,
];

test('segments are joined by +, shared flags stand before or inside them', () => {
  const result = parseCommand([
    ...['--log.level=warn', 'statsd', '--statsd.listen-udp=:8125', '--web.listen-address', ':1'],
    ...['+', 'port-monitor', '+', 'ingest'],
  ]);
  expect(result).toEqual({
    ok: true,
    value: {
      shared: { ...defaults(sidecarFlags), logLevel: 'warn', webListenAddress: { host: '', port: 1 } },
      segments: [
        { kind: statsd, settings: { ...defaults(statsd.flags), listenUdp: { host: '', port: 8125 } } },
        { kind: ingest, settings: defaults(ingest.flags) },
        { kind: portMonitor, settings: defaults(portMonitor.flags) },
      ],
    },
  });
});

test.each<[string[], string[]]>([
  [[], [`no kind to run: name one of ${kindNames.join(', ')}`]],
  [['statsd', '+', 'ingset'], ['"ingset" is no kind; did you mean "ingest"?']],
  [['statsd', '+'], ['an empty segment beside "+"']],
  [['statsd', '+', 'statsd'], ['statsd: given more than once']],
  [['statsd', '--ingest.client-ttl=1m'], ['statsd: --ingest.client-ttl: no such flag']],
  [['--log.level=warn', 'statsd', '--log.level=info'], ['--log.level: given more than once']],
  [
    ['--log.levle=warn', 'statsd', '--statsd.cache-size=x', '+', 'ingest', '--ingest.client-ttl=5'],
    [
      'statsd: --statsd.cache-size: "x" is not a whole number from 0 to 10000000',
      'ingest: --ingest.client-ttl: "5" is not a duration such as 200ms, 30s, 5m or 1h30m; the unit is missing',
      '--log.levle: no such flag; did you mean "log.level"?',
    ],
  ],
])('%j is refused with every problem', (args, problems) => {
  expect(parseCommand(args)).toEqual({ ok: false, problems });
});
