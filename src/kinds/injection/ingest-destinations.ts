import { variable } from '../../contract/names.ts';
import { type Destination, noDestinations, variableGroup } from './destination.ts';
import type { Ports } from './kind-plan.ts';

const ingestGroup = variableGroup({ [variable.ingestUrl]: 'address' });

/**
 * The sidecar's listener for pushes.
 * @param remote whether it takes pushes of other pods, on the pod's address
 */
export function ingestDestinations(ports: Ports, remote = false): readonly Destination[] {
  const tcp = ports.get('ingest');
  if (tcp === undefined) return noDestinations;
  const url = `http://127.0.0.1:${tcp}/v1/ingest`;
  const listener = { name: 'the sidecar', tcp, remote };
  return [{ listener, variables: new Map([[variable.ingestUrl, url]]), group: ingestGroup }];
}
