import { numberOf, objectsOf, textOf } from '../../json/json.ts';
import type { Pod, PodContainer } from './pod.ts';

/** A TCP port in the list of a container of the application. */
export interface DeclaredPort {
  readonly container: PodContainer;
  /** Among the container's ports. */
  readonly index: number;
  readonly port: number;
  readonly name: string | undefined;
}

/** The TCP ports of the application's containers. */
export function declaredPorts({ served }: Pick<Pod, 'served'>): DeclaredPort[] {
  return served.flatMap((container) =>
    objectsOf(container.json.ports).flatMap((json, index) => {
      const port = numberOf(json.containerPort);
      if (port === undefined || (json.protocol ?? 'TCP') !== 'TCP') return [];
      return [{ container, index, port, name: textOf(json.name) }];
    }),
  );
}
