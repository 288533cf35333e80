import { type GivenSettings, settingOf } from '../../contract/annotation.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { objectOf, textOf } from '../../json/json.ts';
import type { Pod } from '../pod/pod.ts';
import { type TokenIssuerName, tokenIssuers, withSkipped } from '../pod/token-issuers.ts';

/** The annotations that keep the tokens of other issuers out of our containers. */
export interface TokenSkips {
  /** Annotations to write. */
  readonly set: ReadonlyMap<string, string>;
  /** The values before, of those that the pod has. */
  readonly was: ReadonlyMap<string, string>;
}

const issuers = Object.keys(tokenIssuers) as TokenIssuerName[];
const nothing: TokenSkips = { set: new Map(), was: new Map() };

/**
 * Names our containers in the skip lists of the issuers that the settings name, and of those that the pod shows: by a
 * list, by the label that an issuer asks for, or by a volume of one that came before us. The containers of the
 * application keep their tokens.
 */
export function tokenSkips(pod: Pod, request: GivenSettings, names: readonly string[]): TokenSkips {
  const asked = settingOf(request, sidecarAnnotations['token-issuers']).value;
  const met = issuers.filter((name) => asked.includes(name) || isMet(pod, name));
  if (met.length === 0) return nothing;
  const set = new Map<string, string>();
  const was = new Map<string, string>();
  for (const name of met) {
    const { annotation } = tokenIssuers[name];
    const before = pod.annotations.get(annotation);
    const value = withSkipped(annotation, before, names);
    if (value === before) continue;
    set.set(annotation, value);
    if (before !== undefined) was.set(annotation, before);
  }
  return { set, was };
}

function isMet({ annotations, metadata, volumeNames }: Pod, name: TokenIssuerName): boolean {
  const issuer = tokenIssuers[name];
  if (annotations.has(issuer.annotation) || issuer.volumes.some((volume) => volumeNames.has(volume))) return true;
  return 'label' in issuer && textOf(objectOf(metadata.labels)?.[issuer.label]) === 'true';
}
