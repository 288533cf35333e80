import fc from 'fast-check';
import { expect, test } from 'vitest';
import { watchEvent } from '../../../src/kube/watch/watch-event.ts';

const object = { metadata: { name: 'a', resourceVersion: '7' } };
const none = { type: 'error', code: 'server', status: 200, message: 'a line that is no event of a watch' };

test.each([
  [
    { type: 'ADDED', object },
    { type: 'put', object, version: '7' },
  ],
  [
    { type: 'MODIFIED', object },
    { type: 'put', object, version: '7' },
  ],
  [
    { type: 'DELETED', object },
    { type: 'remove', object, version: '7' },
  ],
  [
    { type: 'BOOKMARK', object: { kind: 'Node', metadata: { resourceVersion: '9' } } },
    { type: 'bookmark', version: '9' },
  ],
  [
    {
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (2)' },
    },
    { type: 'error', code: 'gone', status: 410, message: 'too old resource version: 1 (2)' },
  ],
  [
    { type: 'ERROR', object: { kind: 'Status', code: 500, message: 'etcd event received with PrevKv=nil' } },
    { type: 'error', code: 'server', status: 500, message: 'etcd event received with PrevKv=nil' },
  ],
  [{ type: 'ERROR' }, { type: 'error', code: 'server', status: 500, message: 'no message' }],
  [{ type: 'ADDED', object: { metadata: { name: 'a' } } }, none],
  [{ type: 'ADDED', object: { metadata: { resourceVersion: '7' } } }, none],
  [{ type: 'RENAMED', object }, none],
  [{ type: 'toString', object }, none],
  [{ type: 'BOOKMARK', object: {} }, none],
  [{}, none],
  [null, none],
  ['ADDED', none],
])('%j', (line, event) => {
  expect(watchEvent(line)).toEqual(event);
});

test('whatever the line is, it is an event', () => {
  const types = fc.constantFrom('ADDED', 'DELETED', 'BOOKMARK', 'ERROR');
  const line = fc.oneof(fc.jsonValue(), fc.record({ type: types, object: fc.jsonValue() }));
  fc.assert(
    fc.property(line, (value) => {
      expect(watchEvent(value)).toHaveProperty('type');
    }),
  );
});
