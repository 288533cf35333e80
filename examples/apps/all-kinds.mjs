// A shop that uses everything: HAProxy before its port, statsd for what happens, a push for what is, and connections
// of its own whose ports are watched.
import { createSocket } from 'node:dgram';
import { createServer, get } from 'node:http';
import { hostname } from 'node:os';

const port = Number(process.env.PORT ?? 8080);
const statsd = { host: process.env.STATSD_HOST ?? '127.0.0.1', port: Number(process.env.STATSD_PORT ?? 9125) };
const url = process.env.METRICS_SIDECAR_INGEST_URL ?? 'http://127.0.0.1:4888/v1/ingest';

const socket = createSocket('udp4');
socket.on('error', () => {});
const send = (line) => socket.send(line, statsd.port, statsd.host, () => {});

const carts = new Map();
let sold = 0;

const server = createServer((request, response) => {
  const [, what, name] = request.url.split('/');
  if (what === 'carts' && name !== undefined && request.method === 'POST') {
    carts.set(name, (carts.get(name) ?? 0) + 1);
    send('shop.cart.items:1|c');
    response.end(`${carts.get(name)} in the cart of ${name}\n`);
  } else if (what === 'checkout' && name !== undefined) {
    sold += carts.get(name) ?? 0;
    send(`shop.checkout:1|c|#filled:${carts.has(name)}`);
    carts.delete(name);
    response.end('thank you\n');
  } else {
    response.end('shop\n');
  }
});

/** What the shop holds now and sold since it started, pushed. */
function push() {
  const labels = { _id: `${hostname()}-${process.pid}` };
  const family = (name, type, help, value) => ({ name, type, help, values: [{ name, labels, value }] });
  const families = [
    family('shop_carts', 'gauge', 'Carts that are not checked out.', carts.size),
    family('shop_items_sold_total', 'counter', 'Items that were sold.', sold),
  ];
  const body = JSON.stringify(families);
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => {});
}

/** The stock is somewhere else: a connection each time, so that there are local ports to watch. */
function askForStock() {
  get(`http://127.0.0.1:${port}/stock`, { agent: false }, (response) => response.resume()).on('error', () => {});
}

process.on('SIGTERM', () => process.exit());
server.listen(port, () => {
  console.log(`shop on port ${port}, statsd to ${statsd.host}:${statsd.port}, pushing to ${url}`);
  push();
  setInterval(push, 2000);
  setInterval(askForStock, 1000);
});
