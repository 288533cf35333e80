import { type AnnotationTable, annotations, flagAnnotations, setting } from '../contract/annotation.ts';
import { type ConfigMapKey, configMapKey, lines } from '../contract/annotation-codecs.ts';
import { haproxyFlags } from '../contract/haproxy.ts';
import { ingestFlags } from '../contract/ingest.ts';
import { type KindName, kinds } from '../contract/names.ts';
import { portMonitorFlags } from '../contract/port-monitor.ts';
import { sidecarFlags } from '../contract/sidecar.ts';
import { containerSettings, sidecarAnnotations } from '../contract/sidecar-annotations.ts';
import { statsdFlags, statsdPort } from '../contract/statsd.ts';
import { type Codec, codecOf, listBytes, parsed, refused } from '../flags/codec.ts';
import { boolean, optional, path, port, portOrName } from '../flags/codecs.ts';
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

export const injectAnnotation = annotations('sidecar', {
  inject: setting({
    codec: asked,
    default: false as Asked,
    doc: 'The kinds to add to the pod; "false" opts out where the namespace asks.',
    example: 'statsd,port-monitor',
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
