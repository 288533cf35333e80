import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choosePorts, takenPorts } from '../../../src/inject/plan/ports.ts';
import { type Pod, readPod } from '../../../src/inject/pod/pod.ts';
import type { WantedPort } from '../../../src/kinds/injection/kind-plan.ts';
import { pod } from '../pods.ts';

const wanted = (
  name: string,
  value: number,
  source: 'annotation' | 'settings' | 'default',
  protocol: 'TCP' | 'UDP' = 'TCP',
): WantedPort => ({
  name,
  key: `key-${name}`,
  protocol,
  setting: { value, source },
});
const taken = (...ports: string[]) => new Map(ports.map((port) => [port, 'container "app"']));

test.each([
  ['free', taken(), [wanted('a', 9102, 'default')], { a: 9102 }, []],
  ['taken default', taken('9102/TCP'), [wanted('a', 9102, 'default')], { a: 9103 }, ['port_moved']],
  ['taken setting', taken('9102/TCP'), [wanted('a', 9102, 'settings')], { a: 9103 }, ['port_moved']],
  ['taken annotation', taken('9102/TCP'), [wanted('a', 9102, 'annotation')], { a: 9102 }, ['port_taken']],
  ['other protocol', taken('9125/TCP'), [wanted('a', 9125, 'annotation', 'UDP')], { a: 9125 }, []],
  [
    'a default gives way to what was asked for after it',
    taken(),
    [wanted('a', 9102, 'default'), wanted('b', 9102, 'annotation')],
    { a: 9103, b: 9102 },
    ['port_moved'],
  ],
  [
    'two defaults',
    taken(),
    [wanted('a', 9102, 'default'), wanted('b', 9102, 'default')],
    { a: 9102, b: 9103 },
    ['port_moved'],
  ],
  [
    'two annotations',
    taken(),
    [wanted('a', 1500, 'annotation'), wanted('b', 1500, 'annotation')],
    { a: 1500, b: 1500 },
    ['port_taken'],
  ],
  ['never in the ephemeral range', taken('32767/TCP'), [wanted('a', 32767, 'default')], { a: 61000 }, ['port_moved']],
  ['asked for in the ephemeral range', taken(), [wanted('a', 50000, 'annotation')], { a: 50000 }, ['ephemeral_port']],
  ['asked for below 1024', taken(), [wanted('a', 80, 'annotation')], { a: 80 }, ['privileged_port']],
  ['no port left', taken('65535/TCP'), [wanted('a', 65535, 'default')], { a: 65535 }, ['port_taken']],
] as const)('%s', (_, held, wants, ports, found) => {
  const result = choosePorts(held, wants);
  expect(Object.fromEntries(result.ports)).toEqual(ports);
  expect(result.reasons.map(({ code }) => code)).toEqual(found);
});

test('ports of all containers, and of what probes and hooks show', () => {
  const json = pod('statsd', {
    spec: {
      containers: [
        {
          name: 'a',
          ports: [
            { containerPort: 80, hostPort: 8080 },
            { containerPort: 53, protocol: 'UDP' },
            { containerPort: 7, protocol: 'SCTP' },
          ],
        },
        {
          name: 'b',
          livenessProbe: { httpGet: { port: 81 } },
          startupProbe: { grpc: { port: 82 } },
          readinessProbe: { tcpSocket: { port: 'named' } },
        },
        {
          name: 'c',
          lifecycle: {
            preStop: { httpGet: { port: 83 } },
            postStart: { tcpSocket: { port: 84, host: 'example.test' } },
          },
        },
      ],
      initContainers: [{ name: 'd', ports: [{ containerPort: 85 }] }],
    },
  });
  expect([...takenPorts(readPod(json) as Pod).keys()]).toEqual([
    '80/TCP',
    '53/UDP',
    '81/TCP',
    '82/TCP',
    '83/TCP',
    '85/TCP',
  ]);
});

test('property: without an error, no two listeners share a port, and no moved port can be an outgoing one', () => {
  const port = fc.oneof(
    fc.integer({ min: 1, max: 65535 }),
    fc.integer({ min: 9100, max: 9110 }),
    fc.integer({ min: 32760, max: 32770 }),
  );
  const protocol = fc.constantFrom('TCP' as const, 'UDP' as const);
  const want = fc.tuple(port, protocol, fc.constantFrom('annotation' as const, 'default' as const));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(port, protocol), { maxLength: 20 }),
      fc.array(want, { maxLength: 8 }),
      (held, wants) => {
        const list = wants.map(([value, proto, source], i) => wanted(String(i), value, source, proto));
        const table = taken(...held.map(([value, proto]) => `${value}/${proto}`));
        const { ports, reasons } = choosePorts(table, list);
        if (reasons.some(({ code }) => code === 'port_taken')) return;
        const used = list.map(({ name, protocol: proto }) => `${ports.get(name)}/${proto}`);
        expect(new Set(used).size).toBe(used.length);
        expect(used.filter((one) => table.has(one))).toEqual([]);
        for (const { name, setting } of list) {
          const chosen = ports.get(name)!;
          if (chosen !== setting.value) expect(chosen < 32768 || chosen > 60999).toBe(true);
        }
      },
    ),
  );
});
