import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageOf, reason, sentence, shownKey, warningsOf } from '../../../src/inject/outcome/reason-text.ts';
import { type ReasonCode, reasons } from '../../../src/inject/outcome/reasons.ts';

const codes = Object.keys(reasons) as ReasonCode[];

test.each(Object.entries(reasons))(
  '%s: a sentence without capital or stop, and what to do',
  (code, { sentence: words, action }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(words).toMatch(/^[^A-Z](.*[^.])?$|^(CPU)/);
    expect(action).toMatch(/^[A-Z].*\.$/);
    // Subject and sentence must fit a warning beside a key of ours.
    expect(words.length).toBeLessThanOrEqual(75);
  },
);

test('subject, sentence, detail', () => {
  expect(sentence(reason('windows', 'spec.os.name'))).toBe('spec.os.name: the pod is for Windows');
  expect(sentence(reason('not_asked', ''))).toBe('nothing asks for a sidecar');
});

test('a detail that speaks for itself stands alone where both would be too long, others are cut', () => {
  const detail = `"${'x'.repeat(52)}" is not a port, 1 to 65535`;
  expect(warningsOf([reason('bad_value', 'metrics-sidecar.io/metrics-port', detail)])).toEqual([
    `metrics-sidecar.io/metrics-port: ${detail}`,
  ]);
  const long = warningsOf([reason('limit_range', 'metrics-sidecar', 'y'.repeat(200))])[0]!;
  expect(long).toMatch(/^metrics-sidecar: a LimitRange of the namespace leaves no room: y+\.\.\.$/);
  expect(long).toHaveLength(120);
});

test('infos are no warnings, and many are counted', () => {
  expect(warningsOf([reason('port_moved', 'a'), reason('windows', 'b')])).toEqual(['b: the pod is for Windows']);
  const many = warningsOf(Array.from({ length: 30 }, (_, i) => reason('unknown_annotation', `k${i}`)));
  expect(many).toHaveLength(10);
  expect(many.at(-1)).toBe('and 21 more findings');
});

test('the message of a refusal has every error, and no more than can be read', () => {
  expect(messageOf([reason('bad_value', 'a', 'x'), reason('port_moved', 'b'), reason('windows', 'c')])).toBe(
    'a: wrong value: x; c: the pod is for Windows',
  );
  expect(messageOf(Array.from({ length: 60 }, () => reason('bad_value', 'a')))).toContain('; and 10 more');
});

test('a key stands as it is where it is one', () => {
  expect(shownKey('statsd.metrics-sidecar.io/udp-port')).toBe('statsd.metrics-sidecar.io/udp-port');
  expect(shownKey('metrics-sidecar.io/a\nb')).toBe('"metrics-sidecar.io/a\\nb"');
});

test('property: warnings are single lines of at most 120 characters, without halves of characters', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 400 }).map((one) => JSON.stringify(one));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...codes), text, text), { maxLength: 30 }), (found) => {
      for (const line of warningsOf(found.map(([code, subject, detail]) => reason(code, subject, detail)))) {
        expect(line.length).toBeLessThanOrEqual(120);
        expect(line).not.toMatch(/[\r\n]/);
        expect(line.isWellFormed()).toBe(true);
      }
    }),
  );
});
