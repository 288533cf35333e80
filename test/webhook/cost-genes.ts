import { podAnnotations } from '../../src/kinds/annotations.ts';
import { kindNames } from '../../src/kinds/kind-names.ts';
import { shapes } from './cost-shapes.ts';

/** From 0 to 1. */
export type Random = () => number;

/** One thing that a pod has more of than others: `count` pieces of about `bytes` bytes each. */
export interface Gene {
  readonly site: string;
  readonly count: number;
  readonly bytes: number;
  readonly shape: number;
  /** Chooses among what a site has several of: the annotation, the field. */
  readonly pick: number;
}

type Draft = Record<string, unknown>;

interface PodDraft {
  readonly annotations: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly metadata: Draft;
  readonly spec: Draft;
  /** What every container has. */
  readonly container: Draft;
  containers: number;
  initContainers: number;
}

const keys = [...podAnnotations.keys()];
const foreignKeys = [
  'prometheus.io/scrape',
  'prometheus.io/port',
  'prometheus.io/path',
  'note',
  'metrics-sidecar.io/injcet',
];

/** Where a tenant can put something, and how it is put there. */
const sites: Readonly<
  Record<string, (draft: PodDraft, gene: Gene, text: string, times: <T>(of: (i: number) => T) => T[]) => void>
> = {
  annotation({ annotations }, { pick }, text) {
    annotations[keys[pick % keys.length]!] = text;
  },
  foreignAnnotation({ annotations }, { pick }, text) {
    annotations[foreignKeys[pick % foreignKeys.length]!] = text;
  },
  status({ annotations }, _gene, text) {
    annotations['metrics-sidecar.io/status'] = text;
  },
  nearKeys({ annotations }, { count, pick }, text) {
    for (let i = 0; i < count; i++) annotations[`${keys[(pick + i) % keys.length]}${i}`] = text;
  },
  manyAnnotations({ annotations }, { count }, text) {
    for (let i = 0; i < count; i++) annotations[`example.test/${i.toString(36)}`] = text;
  },
  labels({ labels }, { count }, text) {
    for (let i = 0; i < count; i++) labels[`l${i}`] = text;
  },
  containers(draft, { count }) {
    draft.containers = Math.max(draft.containers, count);
  },
  initContainers(draft, { count }) {
    draft.initContainers = Math.max(draft.initContainers, count);
  },
  containerName({ container }, _gene, text) {
    container.name = text;
  },
  env({ container }, { pick }, text, times) {
    const prefix = ['A', 'STATSD_HOST', 'DD_'][pick % 3];
    container.env = times((i) => ({ name: `${prefix}${i}`, value: text }));
  },
  sameEnv({ container }, _gene, text, times) {
    container.env = times(() => ({ name: 'STATSD_HOST', value: text }));
  },
  envFrom({ container }, _gene, text, times) {
    container.envFrom = times(() => ({ configMapRef: { name: text } }));
  },
  ports({ container }, { pick }, text, times) {
    container.ports = times((i) => ({ name: pick % 2 === 0 ? `p${i}` : text, containerPort: 9102 + (i % 50_000) }));
  },
  samePorts({ container }, _gene, text, times) {
    container.ports = times(() => ({ name: text, containerPort: 9102, protocol: 'UDP' }));
  },
  mounts({ container }, _gene, text, times) {
    container.volumeMounts = times((i) => ({ name: `v${i}`, mountPath: `/var/run/${i}/${text}` }));
  },
  args({ container }, _gene, text, times) {
    container.args = times(() => text);
  },
  probe({ container }, _gene, text) {
    container.livenessProbe = { httpGet: { path: text, port: text } };
    container.lifecycle = { preStop: { httpGet: { path: '/', port: text } } };
  },
  resources({ container }, _gene, text) {
    container.resources = { requests: { cpu: text, memory: text }, limits: { cpu: text, memory: text } };
  },
  volumes({ spec }, _gene, text, times) {
    spec.volumes = times((i) => ({ name: `${text.slice(0, 40)}${i}`, emptyDir: {} }));
  },
  nodeSelector({ spec }, { count }, text) {
    spec.nodeSelector = Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, text]));
  },
  podResources({ spec }, _gene, text) {
    spec.resources = { requests: { cpu: text }, limits: { cpu: text } };
  },
  owners({ metadata }, _gene, text, times) {
    metadata.ownerReferences = times((i) => ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: text,
      uid: `${i}`,
      controller: true,
    }));
  },
  managedFields({ metadata }, _gene, text, times) {
    metadata.managedFields = times(() => ({ manager: text, operation: 'Update' }));
  },
  unknownField({ spec }, _gene, text, times) {
    spec.futureField = times(() => text);
  },
  emptyObjects({ spec }, _gene, _text, times) {
    spec.futureField = times(() => ({}));
  },
  nested({ spec }, { count }) {
    let inner: unknown = {};
    for (let i = 0; i < Math.min(count, 3000); i++) inner = { a: inner };
    spec.futureField = inner;
  },
};

/** The names of all places. */
export const geneSites: readonly string[] = Object.keys(sites);
export const mostBytes = 3 * 2 ** 20;

/** The review of a pod with these genes; undefined where it has more than `most` bytes. An API server takes 3 MiB. */
export function reviewOf(genes: readonly Gene[], kind: number, most = mostBytes): string | undefined {
  const draft: PodDraft = {
    annotations: {},
    labels: {},
    metadata: {},
    spec: {},
    container: {},
    containers: 1,
    initContainers: 0,
  };
  draft.annotations['metrics-sidecar.io/inject'] = kindNames.filter((_, i) => (kind >> i) & 1).join(',') || 'statsd';
  for (const gene of genes) {
    // A gene that cannot fit by itself is not made at all.
    if (gene.count * Math.max(8, gene.bytes) > 4 * most) return undefined;
    const text = shapes[gene.shape % shapes.length]!(gene.bytes);
    sites[gene.site]!(draft, gene, text, (of) => Array.from({ length: gene.count }, (_, i) => of(i)));
  }
  const one = JSON.stringify(draft.container).length + 20;
  if (one * (draft.containers + draft.initContainers) > most) return undefined;
  const list = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, image: 'app', ...draft.container }));
  const spec = {
    ...draft.spec,
    containers: list('c', draft.containers),
    ...(draft.initContainers > 0 && { initContainers: list('i', draft.initContainers) }),
  };
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...draft.metadata, name: 'p', annotations: draft.annotations, labels: draft.labels },
    spec,
  };
  const body = JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: 'u',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      operation: 'CREATE',
      namespace: 'shop',
      object,
    },
  });
  return body.length > most ? undefined : body;
}

export function randomGene(random: Random): Gene {
  return {
    site: geneSites[Math.floor(random() * geneSites.length)]!,
    count: size(random, 4.5),
    bytes: size(random, 6),
    shape: Math.floor(random() * shapes.length),
    pick: Math.floor(random() * 1000),
  };
}

/** One gene more, less or another; or one of them twice or half as large. */
export function mutated(genes: readonly Gene[], random: Random): readonly Gene[] {
  const at = Math.floor(random() * genes.length);
  const gene = genes[at];
  const dice = random();
  if (gene === undefined || dice < 0.2) return [...genes, randomGene(random)].slice(-6);
  if (dice < 0.35) return genes.toSpliced(at, 1);
  if (dice < 0.5) return genes.with(at, randomGene(random));
  const scaled = (value: number) => Math.max(1, Math.round(value * (random() < 0.6 ? 2 : 0.5)));
  if (dice < 0.7) return genes.with(at, { ...gene, count: scaled(gene.count) });
  if (dice < 0.9) return genes.with(at, { ...gene, bytes: scaled(gene.bytes) });
  return genes.with(at, { ...gene, shape: Math.floor(random() * shapes.length), pick: gene.pick + 1 });
}

/** From 1 to 10^digits, each order of magnitude as often as the next. */
function size(random: Random, digits: number): number {
  return Math.floor(10 ** (random() * digits));
}
