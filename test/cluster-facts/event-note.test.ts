import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noteOf } from '../../src/cluster/event-note.ts';
import type { Decision, Reason } from '../../src/inject/outcome/outcome.ts';
import { type ReasonCode, reasons } from '../../src/inject/outcome/reasons.ts';

const moved: Reason = { code: 'port_moved', subject: 'metrics-port', detail: '9102 is taken, 9103 is used' };
const bad: Reason = { code: 'bad_value', subject: 'statsd.metrics-sidecar.io/udp-port', detail: '"x" is not a port' };

test.each<[Decision, readonly ('statsd' | 'ingest')[], readonly Reason[], ReturnType<typeof noteOf>]>([
  ['unchanged', [], [], undefined],
  [
    'injected',
    ['statsd', 'ingest'],
    [],
    { type: 'Normal', reason: 'SidecarInjected', message: 'Added to pods: statsd, ingest' },
  ],
  [
    'injected',
    ['statsd'],
    [moved],
    {
      type: 'Normal',
      reason: 'SidecarInjected',
      message: 'Added to pods: statsd. the default port is taken, the next free one is used [port_moved]',
    },
  ],
  [
    'skipped',
    ['statsd'],
    [{ code: 'host_network', subject: 'spec.hostNetwork', detail: '' }],
    {
      type: 'Warning',
      reason: 'SidecarSkipped',
      message: "Pods run without a sidecar: statsd. spec.hostNetwork: the pod is in the node's network [host_network]",
    },
  ],
  [
    'invalid',
    [],
    [moved, bad],
    {
      type: 'Warning',
      reason: 'SidecarInvalid',
      // What has to be mended comes first.
      message:
        'Pods run without a sidecar. statsd.metrics-sidecar.io/udp-port: wrong value [bad_value]; the default port is taken, the next free one is used [port_moved]',
    },
  ],
  [
    'denied',
    [],
    [bad],
    {
      type: 'Warning',
      reason: 'SidecarDenied',
      message: 'Pods are refused. statsd.metrics-sidecar.io/udp-port: wrong value [bad_value]',
    },
  ],
])('%s %j', (decision, kinds, found, note) => {
  expect(noteOf({ decision, kinds, reasons: found })).toEqual(note);
});

test('the message is at most 1024 bytes, names the first code, and says how many it leaves out', () => {
  const reason = fc.record({
    code: fc.constantFrom(...(Object.keys(reasons) as ReasonCode[])),
    subject: fc.string({ unit: 'grapheme', maxLength: 240 }),
    detail: fc.string({ unit: 'grapheme', maxLength: 900 }),
  });
  fc.assert(
    fc.property(fc.array(reason, { minLength: 1, maxLength: 40 }), (found) => {
      const { message } = noteOf({ decision: 'invalid', kinds: ['statsd'], reasons: found })!;
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024);
      expect(message.isWellFormed() || !found.every(({ subject, detail }) => (subject + detail).isWellFormed())).toBe(
        true,
      );
      const first = (['error', 'warning', 'info'] as const)
        .map((severity) => found.find(({ code }) => reasons[code].severity === severity))
        .find((one) => one !== undefined)!;
      expect(message).toContain(`[${first.code}]`);
      const [, left] = /; and (\d+) more$/.exec(message) ?? [];
      if (left !== undefined) expect(Number(left)).toBeLessThan(found.length);
    }),
  );
});

test('nothing of a review stands in an Event but keys of ours and paths of fields', () => {
  const found: Reason[] = [
    {
      code: 'bad_value',
      subject: 'statsd.metrics-sidecar.io/udp-port',
      detail: '"see https://evil.example" is no port',
    },
    {
      code: 'unknown_annotation',
      subject: 'metrics-sidecar.io/run-https-evil.example',
      detail: 'kubectl apply -f evil',
    },
    { code: 'port_moved', subject: 'spec.containers[0]', detail: 'evil is taken' },
    { code: 'port_moved', subject: 'spec.evil.example/x', detail: '' },
  ];
  const { message } = noteOf({ decision: 'invalid', kinds: [], reasons: found })!;
  expect(message).not.toMatch(/evil/);
  expect(message).toContain('spec.containers[0]: ');
  expect(message).toContain('statsd.metrics-sidecar.io/udp-port: wrong value [bad_value]');
});
