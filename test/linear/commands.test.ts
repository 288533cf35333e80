import { describe, expect, test } from 'vitest';
import { runExplain } from '../../src/cli/manifests/explain-command.ts';
import { runInject } from '../../src/cli/manifests/inject-command.ts';
import { runLint } from '../../src/cli/manifests/lint-command.ts';
import { runUninject } from '../../src/cli/manifests/uninject-command.ts';
import { printedWithInput } from '../cli/printed.ts';
import { steepness } from './growth.ts';
import { manyObjects } from './many.ts';

const reading: readonly (readonly [string, (text: string) => unknown])[] = [
  ['inject -o diff', (text) => printedWithInput(text, runInject, '-o', 'diff')],
  ['uninject -o short', (text) => printedWithInput(text, runUninject, '-o', 'short')],
  ['explain', (text) => printedWithInput(text, runExplain)],
  ['lint', (text) => printedWithInput(text, runLint)],
];

describe.each(reading)('%s of many', (_, run) => {
  test.each(manyObjects)('$name', async ({ make }) => {
    expect(await steepness(run, make, 65_536)).toBeUndefined();
  });
});
