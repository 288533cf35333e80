// Imports a batch of records, counts them by statsd and ends.
import { createSocket } from 'node:dgram';

const host = process.env.STATSD_HOST ?? '127.0.0.1';
const port = Number(process.env.STATSD_PORT ?? 9125);
const records = Number(process.env.RECORDS ?? 100);

const socket = createSocket('udp4');
socket.on('error', () => {});
/** Comes back when the line is on its way: a process that ends takes along what is not. */
const send = (line) => new Promise((resolve) => socket.send(line, port, host, resolve));

process.on('SIGTERM', () => process.exit(143));
console.log(`importing ${records} records, sending statsd to ${host}:${port}`);
const started = performance.now();
for (let record = 1; record <= records; record++) {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await send(`import.records:1|c|#result:${record % 10 === 0 ? 'skipped' : 'stored'}`);
}
await send(`import.time:${(performance.now() - started).toFixed(0)}|ms`);
await send(`import.finished:${Math.floor(Date.now() / 1000)}|g`);
socket.close();
console.log('import done');
