import { expect, test } from 'vitest';
import { createInflight } from '../../src/net/inflight.ts';

function bodies(most: number) {
  const inflight = createInflight(most);
  const gone: string[] = [];
  return { inflight, gone, open: (name: string) => inflight.open(() => gone.push(name)) };
}

test('what is announced takes nothing, what came is counted until the body is closed', () => {
  const { inflight, gone, open } = bodies(100);
  const [a, b] = [open('a'), open('b')];
  expect(inflight.bytes).toBe(0);
  a.grew(60);
  b.grew(40);
  expect(inflight.bytes).toBe(100);
  a.close();
  a.close();
  expect(inflight.bytes).toBe(40);
  // A closed body is no longer counted, whatever still comes of it.
  a.grew(1000);
  expect([inflight.bytes, gone]).toEqual([40, []]);
});

test('the largest body goes, of equals the oldest: not the small one that came last', () => {
  const { inflight, gone, open } = bodies(100);
  for (const name of ['a', 'b', 'c']) open(name).grew(30);
  const small = open('small');
  small.grew(12);
  expect(gone).toEqual(['a']);
  expect(inflight.bytes).toBe(72);
  small.close();
});

test('a body that is larger than everything else gives up itself, once', () => {
  const { inflight, gone, open } = bodies(100);
  open('a').grew(50);
  const b = open('b');
  b.grew(60);
  b.grew(60);
  expect(gone).toEqual(['b']);
  expect(inflight.bytes).toBe(50);
});

test('a body that lets go of most of what it holds makes room', () => {
  const { inflight, gone, open } = bodies(100);
  const a = open('a');
  a.grew(90);
  a.grew(-80);
  open('b').grew(90);
  expect([inflight.bytes, gone]).toEqual([100, []]);
});
