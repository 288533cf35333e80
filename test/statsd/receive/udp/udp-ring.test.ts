import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { longestDatagram } from '../../../../src/statsd/receive/udp/inbox.ts';
import { createRing, ringInbox, ringOutlet } from '../../../../src/statsd/receive/udp/udp-ring.ts';

const put = (inbox: ReturnType<typeof ringInbox>, text: string) => {
  inbox.put(inbox.bytes.write(text, inbox.place(), 'latin1'));
};

function takeAll(outlet: ReturnType<typeof ringOutlet>): string {
  let text = '';
  for (let stretch = outlet.next(); stretch !== undefined; stretch = outlet.next()) {
    text += outlet.bytes.toString('latin1', stretch.start, stretch.end);
    outlet.free(stretch);
  }
  return text;
}

test('what was put is there when it is handed over, with a newline behind each', () => {
  const ring = createRing();
  const [inbox, outlet] = [ringInbox(ring), ringOutlet(ring)];
  put(inbox, 'a:1|c');
  put(inbox, '');
  expect(outlet.next()).toBeUndefined();
  expect(outlet.counts().datagrams).toBe(0);
  inbox.hand();
  expect(takeAll(outlet)).toBe('a:1|c\n\n');
  inbox.failed();
  expect(outlet.counts()).toEqual({ datagrams: 2, errors: 1 });
  expect(outlet.counts()).toEqual({ datagrams: 0, errors: 0 });
});

test('datagrams of any lengths come out as they went in, round and round', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.oneof(fc.nat(50), fc.nat(9000), fc.nat(65_507)), { maxLength: 5 }), { maxLength: 60 }),
      (batches) => {
        const ring = createRing(6 * longestDatagram);
        const [inbox, outlet] = [ringInbox(ring), ringOutlet(ring)];
        let number = 0;
        for (const batch of batches) {
          // A batch of at most five always fits the room left beside the one before, which may wait at the end of the
          // ring.
          const texts = batch.map((length) => String.fromCharCode(33 + (number++ % 90)).repeat(length >> 1));
          for (const text of texts) put(inbox, text);
          inbox.hand();
          expect(takeAll(outlet)).toBe(texts.map((text) => `${text}\n`).join(''));
        }
        expect(outlet.counts().datagrams).toBe(number);
      },
    ),
    { numRuns: 50 },
  );
});

test('one that comes after a writer that ended goes on where that one handed over last', () => {
  const ring = createRing();
  const outlet = ringOutlet(ring);
  const first = ringInbox(ring);
  put(first, 'a');
  first.hand();
  put(first, 'never handed over');
  const second = ringInbox(ring);
  put(second, 'b');
  second.hand();
  expect(takeAll(outlet)).toBe('a\nb\n');
});

test('a writer in another thread waits where there is no room; nothing is lost or changed', async () => {
  const ring = createRing(2 * longestDatagram + 1000);
  const outlet = ringOutlet(ring);
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads');
     import(workerData.module).then(({ ringInbox }) => {
       const inbox = ringInbox(workerData.ring);
       for (let i = 0; i < workerData.count; i++) {
         inbox.put(inbox.bytes.write(String(i).padEnd((i * 7919) % 3000, 'x'), inbox.place(), 'latin1'));
         if (i % 7 === 0) inbox.hand();
       }
       inbox.hand();
     });`,
    {
      eval: true,
      workerData: {
        ring,
        count: 5000,
        module: new URL('../../../../src/statsd/receive/udp/udp-ring.ts', import.meta.url).href,
      },
    },
  );
  onTestFinished(async () => void (await worker.terminate()));
  const exited = once(worker, 'exit');
  let text = '';
  let datagrams = 0;
  while (datagrams < 5000) {
    const more = takeAll(outlet);
    datagrams += outlet.counts().datagrams;
    text += more;
    if (more === '') await outlet.more();
  }
  text += takeAll(outlet);
  const lines = text.split('\n').slice(0, -1);
  expect(lines.length).toBe(5000);
  expect(lines.findIndex((line, i) => line !== String(i).padEnd((i * 7919) % 3000, 'x'))).toBe(-1);
  await exited;
});

test('who waits for more is released', async () => {
  const outlet = ringOutlet(createRing());
  outlet.next();
  const more = outlet.more();
  outlet.release();
  await more;
});
