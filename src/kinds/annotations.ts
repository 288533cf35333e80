import { type AnnotationTable, annotations, flagAnnotations, setting } from '../contract/annotation.ts';
import { type ConfigMapKey, configMapKey, jsonPatch, lines } from '../contract/annotation-codecs.ts';
import { haproxyFlags } from '../contract/haproxy.ts';
import { ingestFlags } from '../contract/ingest.ts';
import { type KindName, kinds } from '../contract/names.ts';
import { portMonitorFlags } from '../contract/port-monitor.ts';
import { sidecarFlags } from '../contract/sidecar.ts';
import { statsdFlags, statsdPort } from '../contract/statsd.ts';
import { type Codec, codecOf, listBytes, parsed, refused } from '../flags/codec.ts';
import { boolean, image, oneOf, optional, path, port, portOrName, quantity } from '../flags/codecs.ts';
import { didYouMean } from '../text/nearest.ts';

const mostWords = 10;

/** What `metrics-sidecar.io/inject` asks for: kinds in the order of `kinds`, or `false` to opt out. */
export type Asked = readonly KindName[] | false;

export const asked: Codec<Asked> = codecOf<Asked>({
  placeholder: 'KIND,...|false',
  expects: `a comma list of ${kinds.join(', ')}, or "false"`,
  most: listBytes,
  read(value) {
    // There are fewer kinds than that: the words behind would be wrong or repeated.
    const words = value.split(',', mostWords + 1).map((word) => word.trim());
    if (words.length > mostWords)
      return { ok: false, problem: `more than ${mostWords} words are not ${asked.expects}` };
    if (words.length === 1 && words[0] === 'false') return parsed(false);
    const problems = words.flatMap((word) =>
      (kinds as readonly string[]).includes(word)
        ? []
        : [refused(word, `a kind (${kinds.join(', ')})`, didYouMean(word, [...kinds, 'false'])).problem],
    );
    const repeated = words.find((word, i) => words.indexOf(word) !== i);
    if (repeated !== undefined && problems.length === 0) problems.push(`"${repeated}" is asked for more than once`);
    return problems.length === 0
      ? parsed(kinds.filter((kind) => words.includes(kind)))
      : { ok: false, problem: problems.join('; ') };
  },
  format: (value) => (value === false ? 'false' : value.join(',')),
});

const pullPolicies = ['Always', 'IfNotPresent', 'Never'] as const;
type PullPolicy = (typeof pullPolicies)[number];

/** Settings that a container of ours has, whichever it is; `what` names it. */
function containerSettings(what: string, standard: { image: string; memory: string }) {
  return {
    image: setting({
      codec: image,
      default: standard.image,
      doc: `The image of ${what}.`,
      example: standard.image,
    }),
    'image-pull-policy': setting({
      codec: optional(oneOf(...pullPolicies)),
      default: undefined as PullPolicy | undefined,
      doc: `The pull policy of ${what}; without it Kubernetes decides by the tag.`,
      example: 'IfNotPresent',
    }),
    'cpu-request': setting({ codec: quantity, default: '10m', doc: `The CPU that ${what} requests.`, example: '20m' }),
    'cpu-limit': setting({
      codec: quantity,
      default: '500m',
      doc: `The most CPU that ${what} may use.`,
      example: '200m',
    }),
    'memory-request': setting({
      codec: quantity,
      default: standard.memory === '128Mi' ? '64Mi' : '32Mi',
      doc: `The memory that ${what} requests.`,
      example: '64Mi',
    }),
    'memory-limit': setting({
      codec: quantity,
      default: standard.memory,
      doc: `The most memory that ${what} may use.`,
      example: '256Mi',
    }),
  };
}

export const injectAnnotation = annotations('sidecar', {
  inject: setting({
    codec: asked,
    default: false as Asked,
    doc: 'The kinds to add to the pod; "false" opts out where the namespace asks.',
    example: 'statsd,port-monitor',
  }),
});

/** The name of our own image; the version is that of the program that injects it. */
export const imageRepository = 'ghcr.io/metrics-sidecar/metrics-sidecar';

export const sidecarAnnotations = annotations('sidecar', {
  ...containerSettings('the sidecar', { image: imageRepository, memory: '128Mi' }),
  'log-level': setting({
    codec: sidecarFlags.logLevel.codec,
    default: sidecarFlags.logLevel.default,
    doc: sidecarFlags.logLevel.doc,
    example: 'debug',
    flag: sidecarFlags.logLevel.name,
  }),
  'metrics-port': setting({
    codec: port,
    default: sidecarFlags.webListenAddress.default.port,
    doc: 'The port of the metrics page. Where it was not set and is taken, the next free one is used.',
    example: '9102',
    flag: sidecarFlags.webListenAddress.name,
  }),
  native: setting({
    codec: oneOf('auto', 'true', 'false'),
    default: 'auto' as 'auto' | 'true' | 'false',
    doc: 'Whether the sidecar is a native one (an init container that keeps running); auto: where the cluster supports it.',
    example: 'false',
  }),
  env: setting({
    codec: boolean,
    default: true,
    doc: 'Tell the containers of the application by environment variables where to send.',
    example: 'false',
  }),
  'merge-app-metrics': setting({
    codec: boolean,
    default: false,
    doc: "Serve the application's own metrics page (its prometheus.io annotations) merged into the sidecar's.",
    example: 'true',
    flag: sidecarFlags.mergeAppUrl.name,
  }),
  required: setting({
    codec: boolean,
    default: false,
    doc: 'Refuse the pod rather than run it without the sidecar.',
    example: 'true',
  }),
  'container-patch': setting({
    codec: optional(jsonPatch),
    default: undefined as readonly object[] | undefined,
    doc: "A JSON Patch (RFC 6902) on the sidecar's container before it is added: for what no other setting says.",
    example: '[{"op":"add","path":"/securityContext/runAsUser","value":1000}]',
  }),
});

export const kindAnnotations = {
  statsd: annotations('statsd', {
    'udp-port': setting({
      codec: port,
      default: statsdPort,
      doc: 'The UDP port on loopback that takes statsd lines.',
      example: '8125',
      flag: statsdFlags.listenUdp.name,
    }),
    'tcp-port': setting({
      codec: port,
      default: statsdPort,
      doc: 'The TCP port on loopback that takes statsd lines.',
      example: '8125',
      flag: statsdFlags.listenTcp.name,
    }),
    mapping: setting({
      codec: optional(lines),
      default: undefined as string | undefined,
      doc: 'The mapping file itself; an edit of the annotation reaches the running sidecar.',
      example: 'mappings: [{match: "orders.*", name: orders, labels: {kind: $1}}]',
      flag: statsdFlags.mappingConfig.name,
    }),
    'mapping-config-map': setting({
      codec: optional(configMapKey),
      default: undefined as ConfigMapKey | undefined,
      doc: 'The ConfigMap with the mapping file, and its key there (mapping.yml without one).',
      example: 'orders-mapping/mapping.yml',
      flag: statsdFlags.mappingConfig.name,
    }),
    'mapping-share': setting({
      codec: optional(path),
      default: undefined as string | undefined,
      doc: 'A directory that the application shares with the sidecar: the first *.yml or *.yaml file in it is the mapping.',
      example: '/etc/statsd',
      flag: statsdFlags.mappingConfig.name,
    }),
    'mapping-image-file': setting({
      codec: optional(path),
      default: undefined as string | undefined,
      doc: "A mapping file in the application's own image; an init container of that image copies it for the sidecar.",
      example: '/app/statsd-mapping.yml',
      flag: statsdFlags.mappingConfig.name,
    }),
  }),
  ingest: annotations('ingest', {
    port: setting({
      codec: port,
      default: ingestFlags.listenAddress.default.port,
      doc: 'The port on loopback that takes pushes.',
      example: '4888',
      flag: ingestFlags.listenAddress.name,
    }),
  }),
  'port-monitor': annotations('port-monitor', {}),
  haproxy: annotations('haproxy', {
    ...containerSettings('HAProxy', { image: 'docker.io/library/haproxy:3.0', memory: '64Mi' }),
    'app-port': setting({
      codec: optional(portOrName),
      default: undefined as number | string | undefined,
      doc: "The application's port by number or name; without it the first TCP port that its containers declare.",
      example: 'http',
      flag: haproxyFlags.appPort.name,
    }),
    'listen-port': setting({
      codec: port,
      default: haproxyFlags.listenPort.default,
      doc: 'The port that HAProxy takes requests on. Where it was not set and is taken, the next free one is used.',
      example: '18000',
      flag: haproxyFlags.listenPort.name,
    }),
    'exporter-port': setting({
      codec: port,
      default: haproxyFlags.exporterPort.default,
      doc: "The port of HAProxy's own metrics page, on loopback. Where it was not set and is taken, the next free one is used.",
      example: '18404',
      flag: haproxyFlags.exporterPort.name,
    }),
    takeover: setting({
      codec: boolean,
      default: false,
      doc: "Move the name of the application's port to HAProxy's, so that every Service that uses the name leads through it.",
      example: 'true',
    }),
  }),
} as const;

/** Annotations of Services. */
export const serviceAnnotations = {
  ...annotations('service', {
    scrape: setting({
      codec: boolean,
      default: false,
      doc: 'On a Service: write the prometheus.io annotations of the metrics endpoint behind it.',
      example: 'true',
    }),
    'scrape-port': setting({
      codec: port,
      default: sidecarFlags.webListenAddress.default.port,
      doc: 'On a Service: the metrics port of the pods behind it, where it is not the default.',
      example: '9103',
    }),
  }),
  ...annotations('haproxy', {
    route: setting({
      codec: boolean,
      default: false,
      doc: 'On a Service: lead its numeric target ports through HAProxy.',
      example: 'true',
    }),
    'route-port': setting({
      codec: optional(portOrName),
      default: undefined as number | string | undefined,
      doc: 'On a Service: the port of the Service to lead through HAProxy, by number or name; without it its only or first one.',
      example: 'http',
    }),
    'route-target': setting({
      codec: port,
      default: haproxyFlags.listenPort.default,
      doc: 'On a Service: the port of HAProxy in the pods behind it, where it is not the default.',
      example: '18001',
    }),
  }),
};

/** The annotations that set a runtime's flags, per scope. */
export const flagAnnotationsOf: Readonly<Record<'sidecar' | KindName, AnnotationTable>> = {
  sidecar: flagAnnotations('sidecar', sidecarFlags),
  statsd: flagAnnotations('statsd', statsdFlags),
  ingest: flagAnnotations('ingest', ingestFlags),
  'port-monitor': flagAnnotations('port-monitor', portMonitorFlags),
  haproxy: flagAnnotations('haproxy', haproxyFlags),
};

/** Every annotation of a pod by its whole key, in the order of the docs. */
export const podAnnotations: ReadonlyMap<string, AnnotationTable[string]> = new Map(
  [
    injectAnnotation,
    sidecarAnnotations,
    flagAnnotationsOf.sidecar,
    ...kinds.flatMap((kind) => [kindAnnotations[kind] as AnnotationTable, flagAnnotationsOf[kind]]),
  ].flatMap((table: AnnotationTable) => Object.values(table).map((annotation) => [annotation.key, annotation])),
);
