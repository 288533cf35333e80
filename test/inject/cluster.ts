import type { Facts, LimitRangeItem } from '../../src/inject/facts.ts';
import type { InjectSettings } from '../../src/inject/settings.ts';

/** The injector's settings with nothing set, but for what a test says. */
export function settings(
  said: Partial<Omit<InjectSettings, 'defaults'>> & { readonly defaults?: Readonly<Record<string, string>> } = {},
): InjectSettings {
  return {
    onInvalid: 'allow',
    nativeSidecars: 'auto',
    discovery: 'annotations',
    version: '1.2.3',
    ...said,
    defaults: new Map(Object.entries(said.defaults ?? {})),
  };
}

/** A namespace without labels and limits on a new cluster, but for what a test says. */
export function facts(
  said: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly limitRanges?: readonly LimitRangeItem[];
    readonly kubelets?: Facts['kubelets'];
  } = {},
): Facts {
  const { labels = {}, limitRanges = [], kubelets = ['v1.35.4'] } = said;
  return { namespace: { name: 'shop', labels, limitRanges }, kubelets };
}
