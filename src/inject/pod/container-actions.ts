import { type JsonObject, objectOf } from '../../json/json.ts';

/** A network action of a probe or hook (HTTPGetAction, TCPSocketAction, GRPCAction). */
export interface ContainerAction {
  /** In the container: `readinessProbe/httpGet`. */
  readonly path: string;
  readonly action: JsonObject;
}

/** The network actions of a container's probes and hooks. */
export function* actionsOf(container: JsonObject): Generator<ContainerAction> {
  const lifecycle = objectOf(container.lifecycle) ?? {};
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const json = objectOf(container[probe]);
    if (json !== undefined) yield* handlerActions(probe, json);
  }
  for (const hook of ['postStart', 'preStop']) {
    const json = objectOf(lifecycle[hook]);
    if (json !== undefined) yield* handlerActions(`lifecycle/${hook}`, json);
  }
}

function* handlerActions(path: string, json: JsonObject): Generator<ContainerAction> {
  for (const kind of ['httpGet', 'tcpSocket', 'grpc']) {
    const action = objectOf(json[kind]);
    if (action !== undefined) yield { path: `${path}/${kind}`, action };
  }
}
