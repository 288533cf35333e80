import { quotaFacts } from '../../src/cluster/quota-facts.ts';
import type { KindName } from '../../src/contract/names.ts';
import type { Facts, LimitRangeItem } from '../../src/inject/pod/namespace-facts.ts';
import type { InjectSettings } from '../../src/inject/request/settings.ts';
import type { JsonObject } from '../../src/json/json.ts';

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
    /** As the API server has them. */
    readonly quotas?: readonly JsonObject[];
    readonly user?: number;
    readonly kubelets?: Facts['kubelets'];
  } = {},
): Facts {
  const { labels = {}, limitRanges = [], quotas, user, kubelets = ['v1.35.4'] } = said;
  const more = { ...(quotas && { quotas: quotas.map(quotaFacts) }), ...(user !== undefined && { user }) };
  return { namespace: { name: 'shop', labels, limitRanges, ...more }, kubelets };
}
