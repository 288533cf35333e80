import { parentPort, workerData } from 'node:worker_threads';
import { listenUdp, type UdpListener } from './listen-udp.ts';
import { findOwnSocket } from './proc-net-udp.ts';
import { ringInbox } from './udp-ring.ts';
import type { FromUdpWorker, ToUdpWorker, UdpWorkerData } from './udp-worker-messages.ts';

// A thread that receives datagrams and puts their bytes into a ring; udp-workers.ts starts it.

const { address, readBuffer, ring } = workerData as UdpWorkerData;
const inbox = ringInbox(ring);
const say = (message: FromUdpWorker) => parentPort!.postMessage(message);
const warn = (message: string, fields: object = {}) => say({ kind: 'warning', message, fields });

async function serve(listener: UdpListener): Promise<void> {
  say({ kind: 'listening', own: listener.own });
  parentPort!.on('message', (message: ToUdpWorker) => {
    if (message === 'drain') void listener.drain().then(() => say({ kind: 'drained' }));
  });
}

void listenUdp({
  ...{ address, readBuffer, inbox, shared: true, findSocket: findOwnSocket },
  clock: () => performance.now(),
  log: { debug() {}, info() {}, warn, error: warn },
  // The time of a line is the time at which the other thread reads it.
  wake() {},
  failed: inbox.failed,
}).then(serve, (error: Error) => say({ kind: 'refused', problem: error.message }));
