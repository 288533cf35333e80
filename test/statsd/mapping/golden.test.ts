import { describe, expect, test } from 'vitest';
import { answered, goldenCases, goldenFiles } from './golden-case.ts';

describe.each(goldenFiles())('%s', (file) => {
  test.each(goldenCases(file).map((one) => [one.title, one] as const))('%s', (_, one) => {
    expect(answered(one)).toEqual(one.sections);
  });
});
