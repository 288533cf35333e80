import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createStore } from '../../src/exposition/store.ts';
import { parseJson } from '../../src/ingest/json/monasca.ts';
import { createIngest } from '../../src/ingest/push.ts';
import { createPushRecorder } from '../../src/ingest/push-recorder.ts';
import { pageOf, storeLimits } from './running.ts';

interface Step {
  readonly what: string;
  readonly expected: readonly string[];
}

function cases(text: string): [title: string, steps: Step[]][] {
  const [, ...blocks] = text.split(/^== /m);
  return blocks.map((block) => {
    const [title = '', ...lines] = block.trimEnd().split('\n');
    const steps: { what: string; expected: string[] }[] = [];
    for (const line of lines) {
      if (line.startsWith('  ')) steps.at(-1)!.expected.push(line.slice(2));
      else if (line !== '') steps.push({ what: line, expected: [] });
    }
    return [title, steps];
  });
}

function play(steps: readonly Step[]): Step[] {
  let now = 1_700_000_000_000;
  const store = createStore({ limits: storeLimits, now: () => now });
  createPushRecorder(store);
  const ingest = createIngest({ store, limits: { ttl: 60_000, clients: 10, values: 1000 }, startedAt: now });
  return steps.map(({ what }) => {
    const [, word, client, rest = ''] = /^(\w+)(?: (\w+))?(?:: (.*))?$/.exec(what) ?? [];
    if (word === 'wait') now += Number(client) * 1000;
    else if (word === 'clear') ingest.clear();
    else if (word === 'scrape') {
      ingest.expire(now);
      return { what, expected: pageOf(store).trimEnd().split('\n').filter(Boolean) };
    } else {
      const json = parseJson(rest);
      if (!json.ok) throw new Error(json.problem);
      const pushed = ingest.push(json.value, { client, start: undefined }, now);
      const problems = pushed.ok ? ['200'] : pushed.problems.map(({ pointer, code }) => `${pointer} ${code}`);
      return { what, expected: problems };
    }
    return { what, expected: [] };
  });
}

describe('pushes', () => {
  const text = readFileSync(new URL('../golden/ingest/pushes.txt', import.meta.url), 'utf8');
  test.each(cases(text))('%s', (_, steps) => {
    expect(play(steps)).toEqual(steps);
  });
});
