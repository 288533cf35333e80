import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Kube, KubeProblem } from '../../../src/kube/kube.ts';
import { watchOnce } from '../../../src/kube/watch/watch-once.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch whose lines and end are given by hand. */
function watching() {
  const opened = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<KubeProblem | undefined>();
  let line: (value: unknown) => void = () => {};
  const kube: Kube = {
    server: '',
    request: () => Promise.reject(new Error('not asked')),
    stream: (_, listener) => {
      line = listener;
      return { opened: opened.promise, ended: ended.promise, stop: () => end(undefined) };
    },
    close: () => {},
  };
  const end = (problem: KubeProblem | undefined) => {
    opened.resolve(false);
    ended.resolve(problem);
  };
  const received: string[] = [];
  const request = { path: '/api/v1/nodes', version: '1', lasting: 300, silence: 1000 };
  const run = watchOnce(kube, request, {
    opened: () => received.push('opened'),
    received: ({ version }) => received.push(version),
  });
  return { run, received, end, open: () => opened.resolve(true), line: (value: unknown) => line(value) };
}

const bookmark = (resourceVersion: string) => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } });

test('each word puts off the silence; after it all has to be listed', async () => {
  const { run, received, open, line } = watching();
  open();
  let over = false;
  run.ended.then(() => {
    over = true;
  });
  for (const version of ['2', '3', '4']) {
    await vi.advanceTimersByTimeAsync(999);
    line(bookmark(version));
  }
  expect([over, received]).toEqual([false, ['opened', '2', '3', '4']]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await run.ended).toEqual({
    opened: true,
    receivedAny: true,
    version: '4',
    resume: false,
    problem: { code: 'unreachable', message: 'watch of /api/v1/nodes: HTTP: nothing was heard for 1 s' },
  });
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['in order', undefined, true],
  ['broken off', { code: 'unreachable', message: '' }, true],
  ['throttled', { code: 'throttled', status: 429, message: '' }, true],
  ['forbidden', { code: 'forbidden', status: 403, message: '' }, true],
  ['gone', { code: 'gone', status: 410, message: '' }, false],
  ['not served', { code: 'not_found', status: 404, message: '' }, false],
] as const)('%s: whether it may go on', async (_, problem, resume) => {
  const { run, end } = watching();
  end(problem);
  expect(await run.ended).toEqual({ opened: false, receivedAny: false, version: '1', problem, resume });
  expect(vi.getTimerCount()).toBe(0);
});

test('an error received in the stream is its end, and all has to be listed', async () => {
  const { run, received, open, line } = watching();
  open();
  line({ type: 'ERROR', object: { kind: 'Status', code: 500, message: 'no leader' } });
  const problem = { code: 'server', status: 500, message: 'watch of /api/v1/nodes: 500: no leader' };
  expect(await run.ended).toMatchObject({ problem, resume: false });
  expect(received).toEqual(['opened']);
});
