import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResourceWatch } from '../../src/kube/watch/resource-watch.ts';
import { watchLimits, watchResource } from '../../src/kube/watch/watch-resource.ts';
import { failed } from '../thrown.ts';
import { type FakeApiServer, startApiServer } from './api-server.ts';
import { has, seen } from './watched-items.ts';

const path = '/api/v1/configmaps';
const at = (name: string) => `/api/v1/namespaces/x/configmaps/${name}`;

type Step =
  | { readonly do: 'put'; readonly name: string; readonly value: number }
  | { readonly do: 'remove'; readonly name: string }
  | { readonly do: 'cut' | 'end' | 'compact' | 'bookmark' | 'reset' | 'busy' | 'wait' };

const name = fc.constantFrom('a', 'b', 'c', 'd');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), name, value: fc.nat({ max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('cut', 'end', 'compact', 'bookmark', 'reset', 'busy', 'wait') }),
  },
);

test('whatever happens, the copy ends equal to what the API server has; without compaction, by one list', async () => {
  const steps = fc.array(step, { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), async (all, firstPage) => {
      const server = await startApiServer();
      const watched = watchResource<unknown>(
        server.kube(),
        { path, keep: ({ data }) => data },
        { now: Date.now, random: () => 0, failed, limits: { ...watchLimits, firstPage } },
      );
      try {
        for (const one of all) await take(server, watched, one);
        server.put(at('last'), { data: 'last' });
        await has(watched, 'x/last', 'last');
        const truth = ['a', 'b', 'c', 'd', 'last'].flatMap((key) => {
          const object = server.get(at(key));
          return object === undefined ? [] : [[`x/${key}`, object['data']]];
        });
        expect(seen(watched)).toEqual(Object.fromEntries(truth));
        const did = (...kinds: Step['do'][]) => all.filter((one) => kinds.includes(one.do)).length;
        const quiet = did('compact', 'reset', 'busy') === 0 && did('cut', 'end') < 5;
        const firsts = server.calls.filter(({ query }) => query['limit'] && query['continue'] === undefined);
        if (quiet) expect(firsts).toHaveLength(1);
      } finally {
        watched.stop();
        await server.stop();
      }
    }),
    { numRuns: 60 },
  );
});

async function take(server: FakeApiServer, watched: ResourceWatch<unknown>, one: Step): Promise<void> {
  if (one.do === 'put') server.put(at(one.name), { data: one.value });
  else if (one.do === 'remove') server.remove(at(one.name));
  else if (one.do === 'cut' || one.do === 'end') server.cutWatches(one.do);
  else if (one.do === 'compact') server.compact();
  else if (one.do === 'bookmark') server.bookmark();
  else if (one.do === 'reset') server.fail({}, 'reset', 1);
  else if (one.do === 'busy') server.fail({}, { status: 503 }, 1);
  else {
    await watched.whenSynced;
    while (server.watches() === 0) await new Promise(setImmediate);
  }
}
