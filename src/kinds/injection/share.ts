import type { Share } from './kind-plan.ts';

const nothing: Share = {
  ownMounts: new Map(),
  appMounts: new Map(),
  inits: [],
  environment: new Map(),
};

/** A share of that and nothing else. */
export function shareOf(parts: Partial<Share>): Share {
  return { ...nothing, ...parts };
}

/** A share that only tells the application where to send. */
export function shareOfVariables(environment: Share['environment']): Share {
  return { ...nothing, environment };
}
