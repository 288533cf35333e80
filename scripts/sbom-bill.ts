/** npm's bill of materials, reduced to the packages of the bundle. */
import { createHash } from 'node:crypto';
import type { BundledPackage } from './sbom-packages.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}

/** The fields of a CycloneDX 1.5 document, as `npm sbom` writes it, that are read or changed here. */
export interface Bill {
  readonly serialNumber?: string;
  readonly metadata: { readonly timestamp?: string; readonly component: Component & { readonly type: string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * The components of npm's bill that lie in the bundle, with the dependencies among them. The time is left out and the
 * serial number made from the content, so that the same sources give the same bytes.
 * `missing`: packages of the bundle that npm does not know.
 */
export function billOf(
  bill: Bill,
  packages: readonly BundledPackage[],
  program: { readonly name: string; readonly version: string },
): { readonly bill: Bill; readonly missing: readonly string[] } {
  const bundled = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const refs = new Map(bill.components.map((component) => [component['bom-ref'], component]));
  const isIn = (ref: string) => {
    const component = refs.get(ref);
    return component !== undefined && bundled.has(`${component.name}@${component.version}`);
  };
  const components = bill.components.filter((component) => isIn(component['bom-ref']));
  const root = bill.metadata.component['bom-ref'];
  const dependencies = bill.dependencies
    .filter(({ ref }) => ref === root || isIn(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isIn) }));
  const { timestamp: _, ...metadata } = bill.metadata;
  const component = { ...metadata.component, ...program, type: 'application' };
  const digest = createHash('sha256')
    .update(JSON.stringify([program, components]))
    .digest('hex');
  const known = new Set(components.map(({ name, version }) => `${name}@${version}`));
  return {
    bill: { ...bill, serialNumber: uuid(digest), metadata: { ...metadata, component }, components, dependencies },
    missing: [...bundled].filter((each) => !known.has(each)),
  };
}

/** RFC 9562 §5.8: a UUID of our own making, from a hash. */
function uuid(digest: string): string {
  const variant = ((Number.parseInt(digest[16]!, 16) & 0x3) | 0x8).toString(16);
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    variant + digest.slice(17, 20),
    digest.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
