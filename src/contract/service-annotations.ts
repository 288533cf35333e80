import { boolean, optional, port } from '../flags/codecs.ts';
import { portOrName } from '../flags/kubernetes-codecs.ts';
import { annotations, setting } from './annotation.ts';
import { haproxyFlags } from './haproxy.ts';
import { sidecarFlags } from './sidecar.ts';

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
      doc: 'On a Service: it is to lead through HAProxy; a warning says where it does not. The Service stays as it is: its target port names a port that the pods take over.',
      example: 'true',
    }),
    'route-port': setting({
      codec: optional(portOrName),
      default: undefined as number | string | undefined,
      doc: 'On a Service: the port that is to lead through HAProxy, by number or name; without it its first TCP port.',
      example: 'http',
    }),
    'route-target': setting({
      codec: port,
      default: haproxyFlags.listenPort.default,
      doc: 'On a Service: no effect any more; earlier versions wrote this number into the Service.',
      example: '18001',
    }),
  }),
};
