import { variable } from '../../contract/names.ts';
import { type Destination, noDestinations, variableGroup } from './destination.ts';
import type { Ports } from './kind-plan.ts';

/** The port of statsd's and DogStatsD's clients where nobody gives one. */
const clientPort = 8125;

/**
 * The variables of plain statsd clients. Each name is read by the source of a client or of several applications:
 * STATSD_SOCKET_PATH and STATSD_ADDR by Shopify's statsd-instrument; STATSD_HOST and STATSD_PORT by Python's statsd and
 * lyft/gostats; the others by applications in Go, Python, Rust and .NET, each as the whole address or as the host.
 */
const statsdGroup = variableGroup(
  {
    STATSD_SOCKET_PATH: 'socket',
    STATSD_ADDR: 'address',
    STATSD_ADDRESS: 'address',
    STATSD_ENDPOINT: 'address',
    STATSD_URL: 'address',
    [variable.statsdHost]: 'host',
    STATSD_HOSTNAME: 'host',
    STATSD_SERVER: 'host',
    [variable.statsdPort]: 'port',
  },
  { defaultPort: clientPort },
);

/**
 * The variables of DogStatsD's clients: the URL, which datadog-go, datadogpy, hot-shots and PHP's client prefer; the
 * socket (hot-shots; Ruby's client refuses it beside a host or a port); then host and port. The tracers of Python and
 * Node read DD_DOGSTATSD_HOST and DD_DOGSTATSD_HOSTNAME before DD_AGENT_HOST. DD_ENTITY_ID is a tag and leads nowhere.
 */
const dogstatsdGroup = variableGroup(
  {
    DD_DOGSTATSD_URL: 'address',
    DD_DOGSTATSD_SOCKET: 'socket',
    DD_DOGSTATSD_SOCKET_PATH: 'socket',
    DD_DOGSTATSD_HOST: 'host',
    DD_DOGSTATSD_HOSTNAME: 'host',
    DD_AGENT_HOST: 'host',
    [variable.dogstatsdPort]: 'port',
  },
  { defaultPort: clientPort },
);

/** The sidecar's statsd listener, for plain clients and for those of DogStatsD. */
export function statsdDestinations(ports: Ports): readonly Destination[] {
  const udp = ports.get('statsd-udp');
  if (udp === undefined) return noDestinations;
  const tcp = ports.get('statsd-tcp');
  const listener = { name: 'the sidecar', udp, ...(tcp !== undefined && { tcp }) };
  const port = String(udp);
  return [
    {
      listener,
      variables: new Map([
        [variable.statsdHost, '127.0.0.1'],
        [variable.statsdPort, port],
      ]),
      group: statsdGroup,
    },
    { listener, variables: new Map([[variable.dogstatsdPort, port]]), group: dogstatsdGroup },
  ];
}
