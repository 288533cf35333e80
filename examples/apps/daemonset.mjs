// An agent of the node: what the kernel says of load and memory, as statsd gauges.
import { createSocket } from 'node:dgram';
import { freemem, loadavg, totalmem } from 'node:os';

const host = process.env.STATSD_HOST ?? '127.0.0.1';
const port = Number(process.env.STATSD_PORT ?? 9125);
const interval = Number(process.env.INTERVAL_MS ?? 5000);

const socket = createSocket('udp4');
socket.on('error', () => {});

function report() {
  const lines = [
    ...loadavg().map((load, i) => `node_agent.load:${load.toFixed(2)}|g|#minutes:${[1, 5, 15][i]}`),
    `node_agent.memory_free_bytes:${freemem()}|g`,
    `node_agent.memory_bytes:${totalmem()}|g`,
    'node_agent.reports:1|c',
  ];
  socket.send(lines.join('\n'), port, host, () => {});
}

process.on('SIGTERM', () => process.exit());
console.log(`reporting every ${interval} ms to ${host}:${port}`);
report();
setInterval(report, interval);
