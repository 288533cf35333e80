import { noDestinations } from './destination.ts';
import type { Share } from './kind-plan.ts';

const nothing: Share = {
  ownMounts: new Map(),
  appMounts: new Map(),
  inits: [],
  destinations: noDestinations,
};

/** A share of that and nothing else. */
export function shareOf(parts: Partial<Share>): Share {
  return { ...nothing, ...parts };
}
