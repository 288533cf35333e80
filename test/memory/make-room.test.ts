import { expect, test } from 'vitest';
import { createRoomMaker } from '../../src/memory/make-room.ts';

/** A process of a limit of 100 that holds `held`; a collection leaves `lives` of it. */
function process(limit: number | undefined) {
  const state = { held: 0, lives: 0, collections: 0 };
  const collect = () => {
    state.collections++;
    state.held = state.lives;
  };
  return { state, makeRoom: createRoomMaker(limit, () => 100 - state.held, collect) };
}

test('garbage is collected where more than 60 % of the limit is held', () => {
  const { state, makeRoom } = process(100);
  state.held = 59;
  makeRoom();
  expect(state.collections).toBe(0);
  state.held = 60;
  makeRoom();
  expect([state.collections, state.held]).toEqual([1, 0]);
  state.held = 60;
  makeRoom();
  expect(state.collections).toBe(2);
});

test('where much lives it is collected again when a sixteenth of the limit more is held', () => {
  const { state, makeRoom } = process(100);
  state.lives = 80;
  state.held = 85;
  makeRoom();
  state.held = 86;
  makeRoom();
  expect(state.collections).toBe(1);
  state.held = 87;
  makeRoom();
  expect(state.collections).toBe(2);
});

test.each([undefined, 0, Number.POSITIVE_INFINITY])('without a limit (%s) nothing is done', (limit) => {
  const { state, makeRoom } = process(limit);
  state.held = 1000;
  makeRoom();
  expect(state.collections).toBe(0);
});
