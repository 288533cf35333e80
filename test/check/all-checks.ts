import { installedChecks, preChecks } from '../../src/check/checks.ts';
import type { Check } from '../../src/check/finding/check.ts';

/** Every check once. */
export const allChecks: readonly Check[] = [...new Set([...preChecks, ...installedChecks])];
