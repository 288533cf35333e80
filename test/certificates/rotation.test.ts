import fc from 'fast-check';
import { expect, test } from 'vitest';
import { issueAuthority } from '../../src/certificates/issue/issue.ts';
import { fingerprint } from '../../src/certificates/pem/pem.ts';
import { chainProblem } from '../../src/certificates/pem/verify.ts';
import { fingerprintsOf } from '../../src/certificates/plan/ca-bundle.ts';
import { day, host, lagLimit, minute, settings, World } from './world.ts';

const replica = fc.nat({ max: 2 });
const kinds = {
  turn: { weight: 4, of: { replica, delayed: fc.boolean() } },
  land: { weight: 2, of: { replica } },
  lag: { weight: 3, of: { replica, by: fc.constantFrom(0, minute, lagLimit) } },
  minutes: { weight: 8, of: { count: fc.constantFrom(1, 3, 6, 12) } },
  months: { weight: 1, of: { count: fc.constantFrom(1, 3, 9) } },
  restart: { weight: 2, of: { replica } },
  rotate: { weight: 4, of: {} },
  delete: { weight: 1, of: {} },
  /** The Secret as it once was, as a backup brings it back. */
  restore: { weight: 2, of: { age: fc.nat({ max: 12 }) } },
  damage: {
    weight: 2,
    of: { keys: fc.subarray(['tls.crt', 'tls.key', 'ca.crt', 'ca.key', 'next-ca.crt', 'next-ca.key']) },
  },
} as const;
type Kind = keyof typeof kinds;
type Action = {
  [K in Kind]: { readonly do: K } & { [F in keyof (typeof kinds)[K]['of']]: Value<(typeof kinds)[K]['of'][F]> };
}[Kind];
type Value<A> = A extends fc.Arbitrary<infer T> ? T : never;

const action = fc.oneof(
  ...Object.entries(kinds).map(([name, { weight, of }]) => ({
    weight,
    arbitrary: fc.record({ do: fc.constant(name), ...of }) as unknown as fc.Arbitrary<Action>,
  })),
);

async function act(world: World, one: Action): Promise<unknown> {
  switch (one.do) {
    case 'turn':
      return world.turn(one.replica, one.delayed);
    case 'land':
      return world.land(one.replica);
    case 'lag':
      return world.lag(one.replica, one.by);
    case 'minutes':
      for (let passed = 0; passed < one.count; passed += 1) {
        for (const index of world.replicas.keys()) await world.turn(index);
        world.pass(minute);
      }
      return;
    case 'months':
      // Nobody sleeps over a date: a third of a serving certificate is a month.
      for (let passed = 0; passed < one.count; passed += 1) {
        await calm(world);
        world.pass(27 * day);
      }
      return;
    case 'restart':
      return world.restart(one.replica);
    case 'rotate':
      return world.change((data) => data, true);
    case 'delete':
      return world.change(() => undefined);
    case 'restore':
      return world.change(() => world.secret.before(one.age)?.data ?? {});
    case 'damage':
      return world.change((data) => ({ ...data, ...Object.fromEntries(one.keys.map((key) => [key, 'Zm9yZWlnbg=='])) }));
  }
}

/** Lets the replicas go on until none has anything to do; gives how many turns that took. */
async function calm(world: World): Promise<number> {
  for (const index of world.replicas.keys()) world.lag(index, 0);
  for (let turn = 0; turn < 120; turn += 1) {
    const steps = [];
    for (const index of world.replicas.keys()) {
      world.land(index);
      steps.push(await world.turn(index));
    }
    const soon = world.now + settings.overlap * 2;
    const quiet = steps.every((one) => one.step === 'wait' && (one.until === undefined || one.until > soon));
    if (quiet) return turn;
    world.pass(minute);
  }
  throw new Error(`no end: ${world.writes.slice(-12).join(' ')}`);
}

test('whatever happens: nobody serves what a caBundle does not verify, and it ends with one authority', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -5 * minute, max: 5 * minute }), { minLength: 3, maxLength: 3 }),
      fc.array(action, { maxLength: 30 }),
      async (clocks, actions) => {
        const world = new World();
        for (const clock of clocks) world.start(clock);
        await calm(world);
        for (const one of actions) await act(world, one);
        await calm(world);
        world.pass(settings.overlap);

        expect(world.violations).toEqual([]);
        const { authority, serving, next } = world.state();
        expect(next).toBeUndefined();
        for (const bundle of world.bundles())
          expect([...fingerprintsOf(bundle)]).toEqual([fingerprint(authority!.cert)]);
        expect(chainProblem(serving!.cert, authority!.cert, [host], world.now)).toBeUndefined();
        expect(world.replicas.map(({ current }) => current?.cert)).toEqual(clocks.map(() => serving!.cert));
        const writes = world.writes.length;
        await calm(world);
        expect(world.writes.length).toBe(writes);
      },
    ),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 12) },
  );
});

/** Replicas that have agreed on an authority, and what is in every caBundle. */
async function agreed(replicas: number): Promise<World> {
  const world = new World();
  for (let index = 0; index < replicas; index += 1) world.start(0);
  await calm(world);
  return world;
}

/** Asks for another authority and waits until it signs; the old one is still in caBundle. */
async function rotate(world: World, index: number): Promise<void> {
  world.change((data) => data, true);
  const before = world.state().authority?.cert;
  for (let turns = 0; world.state().authority?.cert === before; turns += 1) {
    if (turns > 60) throw new Error('no rotation');
    await world.turn(index);
    world.pass(minute);
  }
}

test('a rotation in steps: published, signs, and the old authority goes; nothing else is written', async () => {
  const world = await agreed(1);
  world.writes.length = 0;
  await rotate(world, 0);
  await calm(world);
  expect(world.writes).toEqual([
    'next-authority',
    ...['write-bundles', 'write-bundles'],
    'switch',
    ...['write-bundles', 'write-bundles'],
  ]);
});

test('what was decided about caBundle before a rotation and arrives after it does nothing', async () => {
  const world = await agreed(2);
  await rotate(world, 0);
  world.pass(settings.overlap + minute);
  expect(await world.turn(1, true)).toMatchObject({ step: 'write-bundles' });
  await world.turn(0);
  await rotate(world, 0);
  world.pass(minute);
  world.land(1);
  expect(world.violations).toEqual([]);
});

test('an authority that caBundle never held does not push out what it holds', async () => {
  const foreign = await issueAuthority('of another mode', { from: new Date(Date.UTC(2026, 0, 1)), days: 90 });
  const world = new World(foreign.cert);
  world.start(0);
  expect(await world.turn(0)).toMatchObject({ change: { what: 'new-authority' } });
  world.pass(2 * settings.overlap);
  await world.turn(0);
  const ours = fingerprint(world.state().authority!.cert);
  for (const bundle of world.bundles())
    expect(fingerprintsOf(bundle)).toEqual(new Set([ours, fingerprint(foreign.cert)]));
  await calm(world);
  for (const bundle of world.bundles()) expect(fingerprintsOf(bundle)).toEqual(new Set([ours]));
});

test('replicas that want different names, as an upgrade rolls out, do not write in turns', async () => {
  const world = new World();
  world.start(0);
  world.start(0, ['other.test.svc']);
  await calm(world);
  const { serving, authority } = world.state();
  expect(chainProblem(serving!.cert, authority!.cert, [host, 'other.test.svc'], world.now)).toBeUndefined();
  expect(world.writes.filter((one) => one.startsWith('new-'))).toEqual(['new-authority', 'new-serving']);
});

test('an authority that ends before a serving certificate would does not make it be renewed for ever', async () => {
  const world = await agreed(1);
  // Nobody calls: the next authority is never published, and the one that signs comes to its end.
  world.configurations.set(world.now, []);
  world.writes.length = 0;
  for (let days = 0; days < 350; days += 1) {
    await world.turn(0);
    world.pass(day);
  }
  expect(world.writes.filter((one) => one === 'new-serving').length).toBe(5);
  expect(world.writes.filter((one) => one !== 'new-serving')).toEqual(['next-authority']);
});

test('a serving certificate that is due while nothing can sign: the next authority signs it', async () => {
  const world = await agreed(1);
  world.pass(61 * day);
  world.change((data) => ({ ...data, 'ca.key': '' }));
  const before = world.state().serving;
  await calm(world);
  expect(world.violations).toEqual([]);
  expect(world.state().serving).not.toEqual(before);
  expect(world.writes).not.toContain('new-serving');
});
