import { describe, expect, test } from 'vitest';
import { injectPod } from '../../src/inject/inject.ts';
import type { Outcome } from '../../src/inject/outcome/outcome.ts';
import { podAnnotations } from '../../src/kinds/annotations.ts';
import { parseCommand } from '../../src/kinds/command.ts';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { facts, settings } from './cluster.ts';
import { annotationsOf, containerOf, patched, pod } from './pods.ts';

/** Texts that people, templates and attackers write where something else belongs. */
const texts: Readonly<Record<string, string>> = {
  empty: '',
  space: ' ',
  newline: 'true\n',
  'control characters': '\u0000\u0007\u001b[31m\u007f',
  'C1 and separators': '\u0085\u2028\u2029',
  'half a character': '\ud800',
  quotes: '"}],"x":[{"\'`',
  backslashes: '\\"\\u0000\\',
  YAML: 'a: &x [*x, !!js/function "f"]\n---\n- b',
  JSON: '{"a":[1,2,{"b":null}]}',
  'a command line': '--web.listen-address=:1 + statsd $(id) `id` ; rm -rf /',
  'a pointer': '/spec/containers/0~1~0',
  'a template': '{{ .Values.x }} $HOME %s',
  '200 KiB': 'x'.repeat(200 * 1024),
  '200 KiB of quotes': '"'.repeat(200 * 1024),
  negative: '-1',
  zero: '0',
  huge: '99999999999999999999',
  exponent: '1e400',
  'not a number': 'NaN',
  capitals: 'TRUE',
  yes: 'yes',
  null: 'null',
  'a prototype': '__proto__',
  Unicode: 'größe✓',
  'a path up': '/etc/../../root',
  'a relative path': 'etc/statsd',
};

const own = { ports: [{ name: 'http', containerPort: 8080 }] };

function run(key: string, text: string): { readonly outcome: Outcome; readonly json: ReturnType<typeof pod> } {
  const json = pod(kindNames.join(','), { annotations: { [key]: text }, container: own });
  return { json, outcome: injectPod({ pod: json, facts: facts(), settings: settings() }) };
}

describe.each([...podAnnotations.values()])('$key', ({ key, codec, example, default: standard }) => {
  test.each(Object.entries(texts))('%s', (_, text) => {
    const { outcome, json } = run(key, text);
    const result = codec.parse(text);
    const after = patched(json, outcome);
    if (!result.ok) {
      expect(outcome.decision).toBe('invalid');
      expect(outcome.reasons.map(({ code, subject }) => [code, subject])).toContainEqual(['bad_value', key]);
      expect(containerOf(after, 'metrics-sidecar')).toBeUndefined();
    } else if (outcome.decision === 'injected') {
      expect(parseCommand(containerOf(after, 'metrics-sidecar')!.args)).toMatchObject({ ok: true });
    }
    // Whatever was written: the answer is small JSON of printable lines, and what stood there stands there.
    expect(JSON.stringify(outcome).length).toBeLessThan(32_000);
    expect(() => JSON.parse(annotationsOf(after)['metrics-sidecar.io/status'] ?? '{}') as unknown).not.toThrow();
    for (const line of outcome.warnings)
      expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]{1,120}$/);
    expect(annotationsOf(after)[key]).toBe(text);
  });

  test('its example is right, and so is what its default is written as', () => {
    expect(codec.parse(example)).toMatchObject({ ok: true });
    const { outcome } = run(key, codec.format(standard));
    if (codec.parse(codec.format(standard)).ok && key !== 'metrics-sidecar.io/inject')
      expect(outcome.decision).toBe('injected');
  });
});
