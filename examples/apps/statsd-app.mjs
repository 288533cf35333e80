// Consumes orders from a broker, as an AMQP consumer does. It serves no HTTP; it sends statsd lines by UDP.
import { createSocket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { hostname } from 'node:os';

const host = process.env.STATSD_HOST ?? '127.0.0.1';
const port = Number(process.env.STATSD_PORT ?? 9125);
const perSecond = Number(process.env.ORDERS_PER_SECOND ?? 10);

const socket = createSocket('udp4');
// Nobody listens yet, or no more: orders are worth more than their numbers.
socket.on('error', () => {});
const send = (line) => socket.send(line, port, host, () => {});

/** A broker in the process: publish, consume, and a message that is not acknowledged is delivered again. */
function createBroker() {
  const waiting = [];
  const arrived = new EventEmitter();
  return {
    depth: () => waiting.length,
    publish(message) {
      waiting.push(message);
      arrived.emit('message');
    },
    async *consume() {
      for (;;) {
        while (waiting.length === 0) await EventEmitter.once(arrived, 'message');
        const message = waiting.shift();
        yield { message, ack: () => {}, nack: () => waiting.push({ ...message, redelivered: true }) };
      }
    },
  };
}

const broker = createBroker();
const queues = ['eu', 'us', 'asia'];
let number = 0;
setInterval(() => broker.publish({ id: ++number, queue: queues[number % queues.length] }), 1000 / perSecond);
setInterval(() => send(`orders.waiting:${broker.depth()}|g`), 1000);

/** Takes a few milliseconds; one order in twenty fails the first time. */
async function handle(order) {
  await new Promise((resolve) => setTimeout(resolve, 2 + (order.id % 8)));
  if (order.id % 20 === 0 && !order.redelivered) throw new Error('out of stock');
}

async function consume() {
  for await (const { message, ack, nack } of broker.consume()) {
    const started = performance.now();
    try {
      await handle(message);
      ack();
      send(`orders.done:1|c|#queue:${message.queue}`);
    } catch {
      nack();
      send(`orders.failed:1|c|#queue:${message.queue}`);
    }
    send(`orders.time:${(performance.now() - started).toFixed(1)}|ms|#queue:${message.queue}`);
  }
}

/** What it is, pushed: that needs no server either. */
async function introduce() {
  const url = process.env.METRICS_SIDECAR_INGEST_URL;
  if (url === undefined) return;
  const row = { name: 'orders_consumer_info', labels: { _id: hostname(), version: '1.4.2' }, value: 1 };
  const family = { name: row.name, type: 'gauge', help: 'The version of the consumer.', values: [row] };
  const body = JSON.stringify([family]);
  const again = () => setTimeout(introduce, 15_000);
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(again, again);
}

process.on('SIGTERM', () => process.exit());
console.log(`consuming orders, sending statsd to ${host}:${port}`);
introduce();
consume();
