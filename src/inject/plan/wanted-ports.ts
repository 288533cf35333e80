import { annotationKey, type Setting, settingOf } from '../../contract/annotation.ts';
import { firstUpstreamPort, type Upstream } from '../../contract/haproxy.ts';
import type { KindName } from '../../contract/names.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { kindAnnotations } from '../../kinds/annotations.ts';
import type { Request } from '../request/request.ts';
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
  // The ports of upstreams are fixed: a clash is an error, as it is with a port that an annotation asked for.
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
