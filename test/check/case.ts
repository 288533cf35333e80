import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Check, CheckOptions } from '../../src/check/finding/check.ts';
import type { Mark } from '../../src/terminal/style.ts';
import { findingOf, startCluster, type TestCluster } from './cluster.ts';
import { expectGolden } from './golden.ts';

/** One state of a cluster. */
export interface Case {
  /** The difference from a cluster in which every check is ok. */
  readonly when: string;
  readonly check: Check;
  readonly arrange: (cluster: TestCluster) => void | Promise<void>;
  readonly options?: Partial<CheckOptions>;
  readonly result: Mark;
}

/** Runs the check of each case; one golden holds the words of all of them. */
export function testCases(file: string, cases: readonly Case[]): void {
  let cluster: TestCluster;
  const words: string[] = [];
  beforeEach(async () => {
    cluster = await startCluster();
  });
  afterEach(() => cluster.stop());

  test.each(cases.map((one) => [`${one.check.id}: ${one.when}`, one] as const))('%s', async (name, one) => {
    await one.arrange(cluster);
    const { result, message, details } = await findingOf(one.check, cluster.context(one.options));
    const text = [`# ${name}`, `${result}: ${message}`, ...details.map((line) => `    ${line}`), ''].join('\n');
    words.push(text.replaceAll(/127\.0\.0\.1:\d+/g, 'SERVER'));
    expect(result, message).toBe(one.result);
  });

  test('the words of all of them', () => {
    expectGolden(file, words.join('\n'));
  });
}
