import { describe, expect, test } from 'vitest';
import { allCommands } from '../../src/cli/command-table.ts';
import { run } from '../../src/cli/run-command-line.ts';
import { readPodTemplatePath, templatesAt } from '../../src/manifest/pod-template-path.ts';
import { printed } from '../cli/printed.ts';
import { steepness } from './growth.ts';
import { attackShapes } from './shapes.ts';

const commands = await allCommands();

/** Every command reads its line with the same functions: a few shapes each. */
const some = new Set(['digits', 'commas', 'backslashes', 'dashes', 'letters', 'stars', 'words', 'wide characters']);
const ofLines = attackShapes.filter(({ name }) => some.has(name));

const wordsOf = (text: string) => text.match(/[\s\S]{1,16}/g) ?? [];

/** No word of the shapes is a flag, a file or a kind: each line ends with what is wrong with it. */
const lines: Readonly<Record<string, (name: string, text: string) => readonly string[]>> = {
  'a word': (name, text) => [name, `~${text}`],
  'a flag': (name, text) => [name, `--x${text}`],
  'a value': (name, text) => [name, `--nonsense=${text}`],
  words: (name, text) => [name, ...wordsOf(text).map((word) => `~${word}`)],
  flags: (name, text) => [name, ...wordsOf(text).map((word) => `--x${word}`)],
};

describe.each(commands.map(({ name }) => name))('%s', (name) => {
  test.each(ofLines)('$name', async ({ make }) => {
    for (const [what, args] of Object.entries(lines)) {
      // What a line of a shell may have for one word, and a bound on what each of them makes the message grow by.
      const line = (text: string) => printed(run, ...args(name, text.replaceAll('\0', '~')));
      expect(await steepness(line, make, 65_536), what).toBeUndefined();
    }
  });
});

test.each(attackShapes)('--pod-template-path: $name', async ({ make }) => {
  const read = (text: string) => {
    const found = readPodTemplatePath(text);
    if (found.ok) templatesAt({ spec: { template: { spec: {} } } }, found.value.steps);
  };
  expect(await steepness(read, make)).toBeUndefined();
});
