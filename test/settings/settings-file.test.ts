import { describe, expect, test } from 'vitest';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { noSettings, readSettings } from '../../src/settings/settings-file.ts';

function problems(text: string): readonly string[] {
  const result = readSettings(text);
  return result.ok ? [] : result.problems;
}

function defaults(text: string): Record<string, string> {
  const result = readSettings(text);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return Object.fromEntries(result.value.defaults);
}

test.each(['', '\n', '# nothing yet\n', '  \n# a\n#b', 'defaults:\n', 'defaults:\n  statsd:\n', '{}'])(
  'nothing said: %j',
  (text) => {
    expect(readSettings(text)).toEqual({ ok: true, value: noSettings });
  },
);

test('every group of settings, each by the name of its annotation', () => {
  const text = `
discovery: none
defaults:
  image: registry.example/metrics-sidecar:1.2.3
  limit-series: 1000
  statsd: { udp-port: 8125, histogram-buckets: [0.1, 1.0] }
  ingest: { port: 4889 }
  port-monitor: { range-interval: 5m }
  haproxy: { image: "docker.io/library/haproxy:3.2", takeover: true }
`;
  expect(readSettings(text)).toMatchObject({ ok: true, value: { discovery: 'none' } });
  expect(defaults(text)).toEqual({
    'metrics-sidecar.io/image': 'registry.example/metrics-sidecar:1.2.3',
    'metrics-sidecar.io/limit-series': '1000',
    'statsd.metrics-sidecar.io/udp-port': '8125',
    'statsd.metrics-sidecar.io/histogram-buckets': '0.1,1.0',
    'ingest.metrics-sidecar.io/port': '4889',
    'port-monitor.metrics-sidecar.io/range-interval': '5m',
    'haproxy.metrics-sidecar.io/image': 'docker.io/library/haproxy:3.2',
    'haproxy.metrics-sidecar.io/takeover': 'true',
  });
});

test('users are left unset where that is said, and chosen otherwise', () => {
  expect(readSettings('users: unset')).toMatchObject({ ok: true, value: { users: 'unset' } });
  for (const text of ['users: auto', '{}'])
    expect(readSettings(text)).toEqual({ ok: true, value: expect.not.objectContaining({ users: expect.anything() }) });
  expect(problems('users: none')).toEqual(['users: is not one of auto, unset']);
  expect(problems('user: unset')).toEqual(['user: no such setting; did you mean "users"?']);
});

test('scalars mean their text: no number is rounded, no word becomes a boolean', () => {
  expect(defaults('defaults: {cpu-limit: 0.50, native: true, memory-limit: 134217728, env: "false"}')).toEqual({
    'metrics-sidecar.io/cpu-limit': '0.50',
    'metrics-sidecar.io/native': 'true',
    'metrics-sidecar.io/memory-limit': '134217728',
    'metrics-sidecar.io/env': 'false',
  });
});

test('a JSON Patch may be YAML: there its types count', () => {
  const patch = [{ op: 'add', path: '/securityContext/runAsUser', value: 1000 }];
  const key = 'metrics-sidecar.io/container-patch';
  const yaml = 'defaults:\n  container-patch:\n  - {op: add, path: /securityContext/runAsUser, value: 1000}\n';
  expect(JSON.parse(defaults(yaml)[key]!)).toEqual(patch);
  expect(defaults(`defaults: {container-patch: '${JSON.stringify(patch)}'}`)[key]).toBe(JSON.stringify(patch));
});

describe('what is wrong is said with its path', () => {
  test.each<[string, string[]]>([
    ['- a', ['the file: is not a mapping of names to values']],
    ['word', ['the file: is not a mapping of names to values']],
    ['defaults: word', ['defaults: is not a mapping of names to values']],
    ['defaults: {haproxy: [a]}', ['defaults.haproxy: is not a mapping of names to values']],
    ['discovery: annotation', ['discovery: is not one of annotations, none']],
    ['default: {}', ['default: no such setting; did you mean "defaults"?']],
    ['defaults: {memory-limt: 1Gi}', ['defaults.memory-limt: no such setting; did you mean "memory-limit"?']],
    ['defaults: {statsd: {udp: 1}}', ['defaults.statsd.udp: no such setting']],
    ['defaults: {udp-port: 1}', ['defaults.udp-port: no such setting here; it is one of "statsd"']],
    ['defaults: {statsd: {udp-port: 99999}}', ['defaults.statsd.udp-port: "99999" is not a port, 1 to 65535']],
    [
      'defaults: {image: }',
      ['defaults.image: "" is not an image reference such as registry.example/metrics-sidecar:1.0'],
    ],
    [
      'defaults: {cpu-limit: {a: 1}}',
      ['defaults.cpu-limit: a mapping is not a Kubernetes quantity such as 500m or 256Mi, or "none"'],
    ],
    [
      'defaults: {container-patch: {a: 1}}',
      ['defaults.container-patch: a mapping is not a JSON Patch: a list of operations'],
    ],
    [
      'defaults: {statsd: {mapping-share: /x}}',
      ['defaults.statsd.mapping-share: belongs to one application: it is set on the pod, it cannot be a default'],
    ],
    [
      'defaults: {inject: statsd}',
      ['defaults.inject: what a pod is given is asked for by the pod, or by a label of its namespace'],
    ],
    ['defaults: {scrape: true}', ['defaults.scrape: is set on a Service, it cannot be a default']],
    ['defaults: {"a\\nb": 1}', ['defaults."a\\nb": no such setting']],
    ['a: [', ['not YAML: unexpected end of the stream within a flow collection in line 1, column 5']],
    ['defaults: {}\ndefaults: {}', ['not YAML: duplicated mapping key in line 2, column 1']],
    ['{}\n---\n{}', ['not YAML: expected a single document in the stream, but found more']],
    ['a: !!js/function x', ['not YAML: unknown scalar tag !<tag:yaml.org,2002:js/function> in line 1, column 4']],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('all at once', () => {
    const text = 'discovery: x\nother: 1\ndefaults: {env: 1, statsd: {udp-port: 0, mapping: x}, ingest: {port: y}}';
    expect(
      problems(text)
        .map((problem) => problem.split(':')[0])
        .sort(),
    ).toEqual([
      'defaults.env',
      'defaults.ingest.port',
      'defaults.statsd.mapping',
      'defaults.statsd.udp-port',
      'discovery',
      'other',
    ]);
  });

  test("names of JavaScript's own are no settings", () => {
    expect([...problems('defaults: {__proto__: {a: 1}, constructor: 1, statsd: {toString: 1}}')].sort()).toEqual([
      'defaults.__proto__: no such setting',
      'defaults.constructor: no such setting',
      'defaults.statsd.toString: no such setting',
    ]);
    expect(problems('0x10: {a: b}')).toEqual(['0x10: no such setting']);
  });
});

describe('locked annotations', () => {
  const lock = (text: string) => {
    const result = readSettings(text);
    if (!result.ok) throw new Error(result.problems.join('\n'));
    return { keys: [...result.value.lock.keys], kinds: [...result.value.lock.kinds] };
  };

  test('by key, of pods and of Services, and all of a domain', () => {
    const text = `
annotations:
  locked:
    - metrics-sidecar.io/image
    - statsd.metrics-sidecar.io/mapping-image-file
    - haproxy.metrics-sidecar.io/*
`;
    const { keys, kinds } = lock(text);
    expect(keys.filter((key) => !key.startsWith('haproxy.'))).toEqual([
      'metrics-sidecar.io/image',
      'statsd.metrics-sidecar.io/mapping-image-file',
    ]);
    expect(keys).toContain('haproxy.metrics-sidecar.io/upstreams');
    expect(keys).toContain('haproxy.metrics-sidecar.io/route');
    expect(kinds).toEqual([]);
    expect(lock('annotations: {locked: "metrics-sidecar.io/image, metrics-sidecar.io/env"}').keys).toEqual([
      'metrics-sidecar.io/image',
      'metrics-sidecar.io/env',
    ]);
  });

  test('what is allowed leaves all others locked, and locked has the last word', () => {
    const { keys } = lock(
      'annotations: {allowed: [statsd.metrics-sidecar.io/*], locked: [statsd.metrics-sidecar.io/mapping]}',
    );
    expect(keys).toContain('metrics-sidecar.io/image');
    expect(keys).toContain('metrics-sidecar.io/scrape');
    expect(keys.filter((key) => key.startsWith('statsd.'))).toEqual(['statsd.metrics-sidecar.io/mapping']);
    expect(keys).not.toContain('metrics-sidecar.io/inject');
    expect(lock('annotations: {locked: [metrics-sidecar.io/*]}').keys).not.toContain('metrics-sidecar.io/inject');
    expect(lock('annotations: {kinds: [statsd]}').kinds).toEqual(kindNames.filter((kind) => kind !== 'statsd'));
    expect(lock('annotations:\n  locked: []\n')).toEqual({ keys: [], kinds: [] });
  });

  test.each([
    ['locked: [metrics-sidecar.io/imgae]', 'did you mean "metrics-sidecar.io/image"?'],
    ['locked: [image]', 'did you mean "metrics-sidecar.io/image"?'],
    ['locked: [statsd/mapping-image-file]', 'did you mean "statsd.metrics-sidecar.io/mapping-image-file"?'],
    ['allowed: [haproxy/*]', 'did you mean "haproxy.metrics-sidecar.io/*"?'],
    ['allowed: ["*"]', 'did you mean "metrics-sidecar.io/*"?'],
    ['locked: [nothing]', '"nothing" is no annotation, nor all of a kind (statsd.metrics-sidecar.io/*)'],
    ['locked: [metrics-sidecar.io/inject]', '"metrics-sidecar.io/inject" is how a sidecar is asked for'],
    ['kinds: [stastd]', 'did you mean "statsd"?'],
    ['lockd: []', 'annotations.lockd: no such list; did you mean "locked"?'],
    ['locked: {a: b}', 'annotations.locked: a mapping is not a list'],
  ])('%s', (text, said) => {
    const found = problems(`annotations: {${text}}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(said);
    expect(found[0]).toMatch(/^annotations\./);
  });
});
