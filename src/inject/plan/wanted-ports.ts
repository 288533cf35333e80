import { annotationKey } from '../../contract/annotation.ts';
import { firstUpstreamPort, type Upstream } from '../../contract/haproxy.ts';
import { container, type KindName } from '../../contract/names.ts';
import { kindAnnotations, sidecarAnnotations } from '../../kinds/annotations.ts';
import { type Request, type Setting, settingOf } from '../request/request.ts';
import type { Wish } from '../resources/resources.ts';
import type { WantedPort } from './ports.ts';

/** The annotation of the ambassador's upstreams. */
const upstreamsKey = annotationKey('haproxy', 'upstreams');

/** Everything of ours that listens, for the kinds that are asked for. */
export function wantedPorts(request: Request, kinds: readonly KindName[]): WantedPort[] {
  const { statsd, ingest, haproxy } = kindAnnotations;
  const wanted = (name: string, protocol: 'TCP' | 'UDP', annotation: typeof ingest.port): WantedPort => ({
    name,
    key: annotation.key,
    protocol,
    setting: settingOf(request, annotation),
  });
  const upstreams = (request.given.get(upstreamsKey)?.value as readonly Upstream[] | undefined) ?? [];
  // Upstreams have ports that nothing moves: who is in their way is told, as if the ports had been asked for.
  const fixed = (port: number): Setting<number> => ({ value: port, source: 'annotation' });
  return [
    wanted('metrics', 'TCP', sidecarAnnotations['metrics-port']),
    ...(kinds.includes('statsd')
      ? [wanted('statsd-udp', 'UDP', statsd['udp-port']), wanted('statsd-tcp', 'TCP', statsd['tcp-port'])]
      : []),
    ...(kinds.includes('ingest') ? [wanted('ingest', 'TCP', ingest.port)] : []),
    ...(kinds.includes('haproxy')
      ? [
          wanted('haproxy', 'TCP', haproxy['listen-port']),
          wanted('haproxy-exporter', 'TCP', haproxy['exporter-port']),
          ...upstreams.map(
            ({ name }, i): WantedPort => ({
              name: `upstream-${name}`,
              key: upstreamsKey,
              protocol: 'TCP',
              setting: fixed(firstUpstreamPort + i),
            }),
          ),
        ]
      : []),
  ];
}

/** The resources of our running containers as the settings have them. */
export function wishesOf(request: Request, kinds: readonly KindName[]): Wish[] {
  const of = (name: string, table: typeof sidecarAnnotations | typeof kindAnnotations.haproxy): Wish => {
    const said = (setting: keyof Wish['of']) => ({
      key: table[setting].key,
      setting: settingOf(request, table[setting]),
    });
    return {
      name,
      of: {
        'cpu-request': said('cpu-request'),
        'cpu-limit': said('cpu-limit'),
        'memory-request': said('memory-request'),
        'memory-limit': said('memory-limit'),
      },
    };
  };
  return [
    of(container.sidecar, sidecarAnnotations),
    ...(kinds.includes('haproxy') ? [of(container.haproxy, kindAnnotations.haproxy)] : []),
  ];
}
