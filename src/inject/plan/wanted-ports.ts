import type { GivenSettings } from '../../contract/annotation.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { WantedPort } from '../../kinds/injection/kind-plan.ts';
import { wantedPort } from '../../kinds/injection/wanted-port.ts';
import type { Kind } from '../../kinds/kind.ts';

/** Every port that the sidecar and the containers of these kinds listen on. */
export function wantedPorts(request: GivenSettings, kinds: readonly Kind[]): WantedPort[] {
  const wanted = [wantedPort(request, 'metrics', 'TCP', sidecarAnnotations['metrics-port'])];
  for (const { injection } of kinds) wanted.push(...injection.ports(request));
  return wanted;
}
