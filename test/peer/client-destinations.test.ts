import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { injectPod } from '../../src/inject/inject.ts';
import type { Outcome } from '../../src/inject/outcome/outcome.ts';
import { facts, settings } from '../inject/cluster.ts';
import { containerOf, patched, pod } from '../inject/pods.ts';
import { start } from '../process/program.ts';
import {
  type ClientAnswers,
  type ClientCase,
  type ClientProgram,
  goClients,
  nodeClients,
  pythonClients,
  runClients,
} from './client-programs.ts';

/** Addresses of this machine that stand for the node's and the pod's: the sidecar does not listen there. */
const hosts = { node: '127.0.0.2', pod: '127.0.0.3' } as const;
const fields = { node: 'status.hostIP', pod: 'status.podIP' } as const;
/** What the table shows for the port that the sidecar got in this run. */
const shownPort = '9125';

/** The variables of a container; `NODE` and `POD` are addresses that the kubelet fills in, `PORT` is the sidecar's. */
const containers: readonly Readonly<Record<string, string>>[] = [
  {},
  { DD_AGENT_HOST: 'NODE' },
  { DD_AGENT_HOST: 'NODE', DD_DOGSTATSD_PORT: '8125' },
  { DD_AGENT_HOST: 'NODE', DD_DOGSTATSD_PORT: 'PORT' },
  { DD_AGENT_HOST: 'NODE', DD_DOGSTATSD_URL: 'udp://127.0.0.1:PORT' },
  { DD_AGENT_HOST: 'POD', DD_DOGSTATSD_PORT: 'PORT' },
  { DD_AGENT_HOST: 'localhost' },
  { DD_AGENT_HOST: 'localhost', DD_DOGSTATSD_PORT: 'PORT' },
  { DD_AGENT_HOST: '0.0.0.0', DD_DOGSTATSD_PORT: 'PORT' },
  { DD_DOGSTATSD_PORT: '8125' },
  { DD_DOGSTATSD_URL: 'udp://NODE:8125' },
  { DD_DOGSTATSD_URL: 'udp://NODE' },
  { DD_DOGSTATSD_URL: 'unix:///var/run/datadog/dsd.socket' },
  { DD_DOGSTATSD_SOCKET: '/var/run/datadog/dsd.socket' },
  { STATSD_HOST: 'NODE' },
  { STATSD_HOST: 'NODE', STATSD_PORT: 'PORT' },
  { STATSD_PORT: '8125' },
  { STATSD_PORT: 'PORT' },
  { STATSD_HOST: 'localhost' },
  { STATSD_HOST: 'localhost', STATSD_PORT: 'PORT' },
  { STATSD_HOST: 'POD', STATSD_PORT: 'PORT' },
  { STATSD_ADDR: 'NODE:8125' },
];

const clients = ['datadog', 'statsd', 'hotshots', 'go'] as const;
/** The group of variables that a client reads. */
const reads = { datadog: 'DD_', statsd: 'STATSD_', hotshots: 'DD_', go: 'DD_' } as const;

/** Whether a warning names variables that the client reads. */
function isAbout(text: string, client: (typeof clients)[number]): boolean {
  const [, names = ''] = text.split('; see ');
  return names.split(', ').some((name) => name.startsWith(reads[client]));
}

const programs = [pythonClients(), goClients(), nodeClients()];
const missing = programs.flatMap((one) => ('problem' in one ? [one.problem] : []));
for (const problem of missing) console.warn(`\n*** ${problem}; nothing was sent ***\n`);

async function bound(address: string, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A container of these variables before it is injected, and after: with the values that the kubelet would fill in. */
function injected(own: Readonly<Record<string, string>>, ports: { readonly statsd: number; readonly metrics: number }) {
  const env = Object.entries(own).map(([name, text]) => {
    const value = text.replace('PORT', String(ports.statsd));
    const place = value === 'NODE' ? 'node' : value === 'POD' ? 'pod' : undefined;
    if (place !== undefined) return { name, valueFrom: { fieldRef: { fieldPath: fields[place] } } };
    return { name, value: value.replace('NODE', hosts.node) };
  });
  const json = pod('statsd', {
    annotations: {
      'statsd.metrics-sidecar.io/udp-port': String(ports.statsd),
      'statsd.metrics-sidecar.io/tcp-port': String(ports.statsd),
      'metrics-sidecar.io/metrics-port': String(ports.metrics),
    },
    container: { env },
  });
  const outcome: Outcome = injectPod({ pod: json, facts: facts(), settings: settings() });
  const after = patched(json, outcome);
  const values = containerOf(after, 'app')!.env.map(({ name, value }) => {
    const filled = own[name] === 'NODE' ? hosts.node : own[name] === 'POD' ? hosts.pod : value;
    return [name, filled] as const;
  });
  const before = new Set(Object.keys(own));
  return {
    env: Object.fromEntries(values),
    given: values.map(([name]) => name).filter((name) => !before.has(name)),
    warned: outcome.reasons.filter(({ code }) => code === 'env_elsewhere').map(({ detail }) => detail),
    sidecarArgs: containerOf(after, 'metrics-sidecar')!.args,
  };
}

describe.skipIf(missing.length > 0)('where real clients send, and what was warned', () => {
  const names = new Map<string, string>();
  const rows: { own: string; given: string; to: Record<string, string>; warned: readonly string[] }[] = [];
  const sockets: Socket[] = [];
  let sidecar: ReturnType<typeof start> | undefined;

  beforeAll(async () => {
    // The sidecar's port is one that is free on the other addresses, too.
    const elsewhere = await bound(hosts.node, 0);
    const ports = { statsd: elsewhere.address().port, metrics: await freeTcpPort() };
    const others = [
      await bound(hosts.node, 8125),
      await bound(hosts.pod, ports.statsd),
      await bound('127.0.0.1', 8125),
    ];
    sockets.push(elsewhere, ...others);
    const arrivals = sockets.map((socket) => received(socket, names, ports.statsd));
    const judged = containers.map((own) => injected(own, ports));
    sidecar = start(judged[0]!.sidecarArgs);
    await sidecar.said('ready');
    const all = [...new Set(judged.flatMap(({ env }) => Object.keys(env)))];
    const cases = judged.map(({ env }, i): ClientCase => ({ name: `case${i}`, clear: all, env }));
    const answers: ClientAnswers[] = [];
    for (const program of programs) answers.push(await runClients(program as ClientProgram, cases));
    // Datagrams of one socket keep their order, so with the last one all others have arrived.
    const last = createSocket('udp4');
    for (const socket of sockets) last.send('last:1|c', socket.address().port, socket.address().address);
    last.send('last:1|c', ports.statsd, '127.0.0.1');
    await Promise.all(arrivals);
    const page = async () => (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
    await vi.waitFor(async () => expect(await page()).toContain('\nlast 1\n'), 30_000);
    last.close();
    for (const [, name] of (await page()).matchAll(/^(case\d+_[a-z]+)[ {]/gm)) names.set(name!, 'the sidecar');
    for (const [name, answer] of answers.flatMap((one) => Object.entries(one))) {
      if (!names.has(name)) names.set(name, answer.socket === undefined ? 'nowhere: it raises an error' : 'the socket');
    }
    judged.forEach(({ given, warned }, i) => {
      const to = Object.fromEntries(clients.map((client) => [client, names.get(`case${i}_${client}`) ?? 'nowhere']));
      const own = Object.entries(containers[i]!).map(([name, value]) => `\`${name}=${shown(value)}\``);
      const told = warned.map((text) =>
        text.replaceAll(String(ports.statsd), shownPort).replaceAll(hosts.node, '10.0.0.9'),
      );
      rows.push({
        own: own.join(', ') || 'none',
        given: given.map((name) => `\`${name}\``).join(', '),
        to,
        warned: told,
      });
    });
  });

  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await sidecar?.[Symbol.asyncDispose]();
  });

  test('the table of docs/kinds/statsd.md is as measured', () => {
    const [begin, end] = ['<!-- measured by test/peer/client-destinations.test.ts -->\n', '<!-- /measured -->'];
    const file = join(import.meta.dirname, '../../docs/kinds/statsd.md');
    const text = readFileSync(file, 'utf8');
    const head = [
      'The container defines',
      'It is given',
      'Python `datadog`',
      'Python `statsd`',
      '`hot-shots`',
      '`datadog-go`',
      'Warned',
    ];
    const lines = rows.map(({ own, given, to, warned }) =>
      [own, given || 'nothing', ...clients.map((client) => to[client]!), warned.length > 0 ? 'yes' : 'no'].join(' | '),
    );
    const table = [head.join(' | '), head.map(() => '---').join(' | '), ...lines]
      .map((line) => `| ${line} |\n`)
      .join('');
    const made = `${text.slice(0, text.indexOf(begin) + begin.length)}\n${table}\n${text.slice(text.indexOf(end))}`;
    if (process.env.UPDATE_GOLDENS) writeFileSync(file, made);
    expect(readFileSync(file, 'utf8')).toBe(made);
  });

  test('without a warning no client sends elsewhere, and with one none of those it is about reaches the sidecar', () => {
    for (const { own, to, warned } of rows) {
      for (const client of clients) {
        const isWarned = warned.some((text) => isAbout(text, client));
        const reached = ['the sidecar', 'nowhere: it raises an error'];
        if (isWarned) expect(to[client], `${own}: ${client}`).not.toBe('the sidecar');
        else expect(reached, `${own}: ${client}`).toContain(to[client]);
      }
    }
  });

  test('the address of the warning is the one that the clients send to', () => {
    const warned = rows.flatMap(({ own, to, warned: texts }) => texts.map((text) => ({ own, to, text })));
    expect(warned.length).toBeGreaterThan(10);
    for (const { own, to, text } of warned) {
      const address = /sends to (.*?); the sidecar/
        .exec(text)![1]!
        .replace(', port ', ':')
        .replace('the socket /var/run/datadog/dsd.socket', 'the socket');
      const said = address.replace('10.0.0.9', "the node's address").replace('localhost', '127.0.0.1');
      const readers = clients.filter((client) => isAbout(text, client));
      expect(
        readers.map((client) => to[client]),
        `${own}: ${text}`,
      ).toSatisfy(
        // No client of these reads STATSD_ADDR, and of the socket's variable one does.
        (all: readonly string[]) => all.includes(said) || own.includes('STATSD_ADDR'),
      );
    }
  });
});

test.skipIf(missing.length === 0)(`real clients: ${missing.join('; ')}`, (context) => {
  if (process.env['CI'] !== 'true') context.skip(missing.join('; '));
  expect(missing).toEqual([]);
});

function shown(value: string): string {
  return value.replace('PORT', shownPort).replace('NODE', "the node's address").replace('POD', "the pod's address");
}

/** Notes the names that arrive at a socket, until the last one does. */
function received(socket: Socket, names: Map<string, string>, statsdPort: number): Promise<void> {
  const { address, port } = socket.address();
  const host = address === hosts.node ? "the node's address" : address === hosts.pod ? "the pod's address" : address;
  return new Promise((resolve) => {
    socket.on('message', (bytes) => {
      for (const line of bytes.toString().split('\n')) {
        const name = line.slice(0, line.indexOf(':'));
        if (name === 'last') resolve();
        else if (name !== '') names.set(name, `${host}:${port === statsdPort ? shownPort : port}`);
      }
    });
  });
}
