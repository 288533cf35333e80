import { expect, onTestFinished, test } from 'vitest';
import { watchSnapshots } from '../../src/files/watch-snapshots.ts';
import { failed } from '../thrown.ts';

test('what a look on demand saw is given back, and not told by the looks after it', async () => {
  let there = 'a';
  let looks = 0;
  let sixth = () => {};
  const sixthLook = new Promise<void>((resolve) => {
    sixth = resolve;
  });
  const look = async () => {
    looks++;
    if (looks === 6) sixth();
    return { value: there, mark: there, directories: [] };
  };
  const told: string[] = [];
  let tell = () => {};
  const next = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const take = (value: string) => {
    told.push(value);
    tell();
  };
  const watch = watchSnapshots(look, { value: 'a', mark: 'a', directories: [] }, 1, take, failed);
  onTestFinished(() => watch.stop());
  there = 'b';
  expect(await watch.look()).toBe('b');
  await sixthLook;
  expect(told).toEqual([]);
  there = 'c';
  await next;
  expect(told).toEqual(['c']);
});
