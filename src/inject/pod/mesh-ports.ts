/** A mesh that lets ports of a pod past its proxy. */
interface Mesh {
  /** The annotation with the inbound ports, a comma list of numbers and ranges, in place of the mesh's own list. */
  readonly annotation: string;
  /** The container that the mesh's injector adds, with this list among its arguments. */
  readonly init: string;
}

/** The meshes that `mesh-bypass` takes. */
export const meshes = {
  istio: { annotation: 'traffic.sidecar.istio.io/excludeInboundPorts', init: 'istio-init' },
  linkerd: { annotation: 'config.linkerd.io/skip-inbound-ports', init: 'linkerd-init' },
} as const satisfies Readonly<Record<string, Mesh>>;

/** The annotations of all meshes. */
export const bypassAnnotations: ReadonlySet<string> = new Set(
  Object.values(meshes).map(({ annotation }) => annotation),
);

/** The ports where a mesh serves the application's page with its own: Istio's, and Consul's two. */
export const mergedPorts: ReadonlySet<number> = new Set([15020, 20100, 20200]);

/** Whether a list of ports and ranges has the port. */
export function hasPort(list: string, port: number): boolean {
  return list.split(',').some((part) => {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? [];
    return first !== undefined && Number(first) <= port && port <= Number(last);
  });
}

/** The list with the port behind the ports that it has, which stay as they are written. */
export function withPort(list: string | undefined, port: number): string {
  const text = list?.trim() ?? '';
  if (text === '') return String(port);
  return text.endsWith(',') ? `${list}${port}` : `${list},${port}`;
}
