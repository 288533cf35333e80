import type { Shape } from './shapes.ts';

/** A text of many parts that each differ: what looks up each among all others is quadratic in them. */
export function many(name: string, part: (i: number) => string, start = '', end = ''): Shape {
  return {
    name,
    make(length) {
      const parts: string[] = [start];
      for (let i = 0, made = start.length + end.length; made < length; i++) {
        const next = part(i);
        parts.push(next);
        made += next.length;
      }
      return parts.join('') + end;
    },
  };
}

const pod = (i: number, more = '', kind = 'statsd') =>
  `---\napiVersion: v1\nkind: Pod\nmetadata: {name: p${i}, labels: {app: a}, annotations: {metrics-sidecar.io/inject: ${kind}${more}}}\nspec: {containers: [{name: app, image: a:1}]}\n`;
const service = (i: number, more = '') =>
  `---\napiVersion: v1\nkind: Service\nmetadata: {name: s${i}, annotations: {metrics-sidecar.io/scrape: "true"${more}}}\nspec: {selector: {app: a}}\n`;
const configMap = (i: number, key = 'mapping.yml') =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m${i}}\ndata: {${key}: "mappings: []"}\n`;

const podWith = (spec: string, annotations = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    metrics-sidecar.io/inject: statsd,ingest,port-monitor,haproxy\n    haproxy.metrics-sidecar.io/app-port: "80"\n${annotations}spec:\n  containers:\n  - name: app\n    image: a:1\n${spec}`;

/** Half of the text is a mapping in a ConfigMap, the other half are pods that use it. */
function half(name: string, mapping: Shape): Shape {
  const pods = many('', (i) => pod(i, ', statsd.metrics-sidecar.io/mapping-config-map: m1/mapping.yml'));
  return { name, make: (length) => mapping.make(length / 2) + pods.make(length / 2) };
}

function mappingOf(rule: (i: number) => string): Shape {
  return many(
    '',
    rule,
    configMap(1)
      .slice(4)
      .replace(/data.*\n/, 'data:\n  mapping.yml: |\n    mappings:\n'),
  );
}

/** Manifests of many objects, or of one object with many parts. */
export const manyObjects: readonly Shape[] = [
  {
    name: 'a long name among many',
    make: (length) => pod(0).replace('p0', 'x'.repeat(length / 2)) + many('', (i) => pod(i)).make(length / 2),
  },
  many('pods', (i) => pod(i)),
  many('pods that ask for what there is not', (i) => pod(i, ', metrics-sidecar.io/metrics-prot: "1"', 'statd')),
  many('pods in block style', (i) => `---\n${podWith('').replace('name: a\n', `name: a${i}\n`)}`),
  many('pods in JSON', (i) => `${i === 0 ? '' : ','}${podJson(i)}`, '{"kind":"List","apiVersion":"v1","items":[', ']}'),
  many('JSON texts', podJson),
  many(
    'items of a list',
    (i) => `- ${pod(i).slice(4).trimEnd().replaceAll('\n', '\n  ')}\n`,
    'apiVersion: v1\nkind: List\nitems:\n',
  ),
  many(
    'items of a ResourceList',
    (i) => `- ${pod(i).slice(4).trimEnd().replaceAll('\n', '\n  ')}\n`,
    'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n',
  ),
  many('Services and pods', (i) => (i % 2 === 0 ? pod(i) : service(i))),
  many('Services and pods without a sidecar', (i) => (i % 2 === 0 ? pod(i, '', 'x') : service(i))),
  many('Services and pods with other ports', (i) =>
    i % 2 === 0 ? pod(i, `, metrics-sidecar.io/metrics-port: "${9000 + (i % 999)}"`) : service(i),
  ),
  many('Services and pods of many namespaces', (i) =>
    (i % 2 === 0 ? pod(i) : service(i)).replace('{name:', `{namespace: n${i >> 1}, name:`),
  ),
  many('ConfigMaps and pods', (i) =>
    i % 2 === 0 ? pod(i, `, statsd.metrics-sidecar.io/mapping-config-map: m${i + 1}/mapping.yml`) : configMap(i),
  ),
  many('pods of one ConfigMap', (i) =>
    i === 0 ? configMap(1) : pod(i, ', statsd.metrics-sidecar.io/mapping-config-map: m1/mapping.yml'),
  ),
  many('pods of one ConfigMap without their key', (i) =>
    i === 0 ? configMap(1, 'mapping.yaml') : pod(i, ', statsd.metrics-sidecar.io/mapping-config-map: m1/mapping.yml'),
  ),
  half(
    'a large mapping and its pods',
    mappingOf((i) => `    - {match: a${i}, name: n}\n`),
  ),
  half(
    'a large mapping with errors and its pods',
    mappingOf((i) => `    - {match: a${i}, name: 1-}\n`),
  ),
  many('separators with a text behind documents', (i) => `a: ${i}\n--- a\n`),
  many('ConfigMaps', (i) => configMap(i)),
  many(
    'keys of a ConfigMap',
    (i) => `  k${i}: "mappings: []"\n`,
    configMap(1)
      .slice(4)
      .replace(/data.*\n/, 'data:\n'),
  ),
  many('Namespaces', (i) => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n${i}}\n${pod(i)}`),
  many(
    'LimitRanges',
    (i) =>
      `---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: n${i}}\nspec: {limits: [{type: Container, max: {cpu: 1}}]}\n${i === 0 ? pod(i) : ''}`,
  ),
  many(
    'Deployments',
    (i) =>
      `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d${i}, annotations: {metrics-sidecar.io/inject: statsd}}\nspec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a}]}}}\n`,
  ),
  many('documents that are broken', (i) => `---\na${i}: [\n`),
  many('documents with a comment', (i) => `--- # ${i}\n`),
  many('directives', () => '%YAML 1.1\n---\n'),
  many('separators with a text', () => '--- a\n'),
  many(
    'values that are no text',
    (i) => `    metrics-sidecar.io/a${i}: true\n`,
    podWith('', '').split('spec:')[0]!,
    'spec: {containers: [{name: a}]}\n',
  ),
  many(
    'annotations that are unknown',
    (i) => `    statsd.metrics-sidecar.io/prot${i}: "1"\n`,
    podWith('').split('spec:')[0]!,
    'spec: {containers: [{name: a}]}\n',
  ),
  many(
    'annotations of others',
    (i) => `    a${i}: "1"\n`,
    podWith('').split('spec:')[0]!,
    'spec: {containers: [{name: a}]}\n',
  ),
  many(
    'containers',
    (i) => `  - name: c${i}\n    image: a\n    ports: [{containerPort: ${1024 + (i % 60_000)}}]\n`,
    podWith(''),
  ),
  many(
    'containers that take our ports',
    (i) => `  - name: c${i}\n    ports: [{containerPort: ${9000 + i}, name: p${i}}]\n`,
    podWith(''),
  ),
  many('containers of one name', () => '  - name: metrics-sidecar\n', podWith('')),
  many('env', (i) => `    - {name: E${i}, value: v}\n`, podWith('    env:\n')),
  many('ports', (i) => `    - {containerPort: ${1024 + (i % 60_000)}, name: p${i}}\n`, podWith('    ports:\n')),
  many('volume mounts', (i) => `    - {name: v${i}, mountPath: /v${i}}\n`, podWith('    volumeMounts:\n')),
  many('volumes', (i) => `  - {name: v${i}, emptyDir: {}}\n`, podWith('  volumes:\n')),
  many('init containers', (i) => `  - {name: i${i}, restartPolicy: Always}\n`, podWith('  initContainers:\n')),
  many('anchors', (i) => `  - &a${i} {name: v${i}}\n  - *a${i}\n`, podWith('  volumes:\n')),
];

function podJson(i: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${i}`, annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
    spec: { containers: [{ name: 'a' }] },
  });
}
