import { expect, test } from 'vitest';
import { WholePage } from '../../src/exposition/whole-page.ts';

test('is one block that changes when its bytes do, and stays what it was when it was taken', () => {
  let text = 'a';
  const page = new WholePage((reuse) => {
    const room = reuse !== undefined && reuse.length >= text.length ? reuse : Buffer.allocUnsafeSlow(text.length);
    return room.subarray(0, room.write(text));
  });
  const seen = ['a', 'a', 'bb', 'c', 'c', 'dd'].map((next) => {
    text = next;
    const [block] = page.take();
    text = 'later';
    return `${block!.render()} ${block!.revision}`;
  });
  expect(seen).toEqual(['a 1', 'a 1', 'bb 2', 'c 3', 'c 3', 'dd 4']);
});

test('is written where it is asked for, if there is room', () => {
  const page = new WholePage(() => Buffer.from('text'));
  const [block] = page.take();
  const room = Buffer.alloc(6);
  expect(block!.render(room).buffer).toBe(room.buffer);
  expect(block!.render(Buffer.alloc(3)).toString()).toBe('text');
});
