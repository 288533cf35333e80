import type { KindName } from '../../src/contract/names.ts';
import type { Facts, LimitRangeItem } from '../../src/inject/pod/namespace-facts.ts';
import type { InjectSettings } from '../../src/inject/request/settings.ts';

/** The injector's settings with nothing set, but for what a test says. */
export function settings(
  said: Partial<Omit<InjectSettings, 'defaults' | 'lock'>> & {
    readonly defaults?: Readonly<Record<string, string>>;
    readonly lock?: { readonly keys?: readonly string[]; readonly kinds?: readonly KindName[] };
  } = {},
): InjectSettings {
  const { lock, ...rest } = said;
  return {
    onInvalid: 'allow',
    nativeSidecars: 'auto',
    discovery: 'annotations',
    version: '1.2.3',
    ...rest,
    ...(lock && { lock: { keys: new Set(lock.keys), kinds: new Set(lock.kinds) } }),
    defaults: new Map(Object.entries(said.defaults ?? {})),
  };
}

/** A namespace without labels and limits on a new cluster, but for what a test says. */
export function facts(
  said: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly limitRanges?: readonly LimitRangeItem[];
    readonly user?: number;
    readonly kubelets?: Facts['kubelets'];
  } = {},
): Facts {
  const { labels = {}, limitRanges = [], user, kubelets = ['v1.35.4'] } = said;
  return { namespace: { name: 'shop', labels, limitRanges, ...(user !== undefined && { user }) }, kubelets };
}
