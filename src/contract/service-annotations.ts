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
