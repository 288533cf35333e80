import { rename, writeFile } from 'node:fs/promises';
import { get, Agent as HttpAgent } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { KeyPair } from '../../src/certificates/pem/key-pair.ts';
import type { WebhookSettings } from '../../src/contract/webhook.ts';
import { webhookFlags } from '../../src/contract/webhook.ts';
import { defaults } from '../../src/flags/flag.ts';
import type { WebhookDependencies } from '../../src/webhook/parts.ts';
import { startWebhook } from '../../src/webhook/start-webhook.ts';
import { folder } from './folder.ts';
import { authority, servingPair } from './pair.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string; readonly level: string };

/** The log of a webhook, line by line; `until` waits for a line that was not waited for yet. */
export class Log extends Writable {
  readonly lines: LogLine[] = [];
  #seen = 0;
  #arrived: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (const line of chunk.toString().trimEnd().split('\n')) this.lines.push(JSON.parse(line) as LogLine);
    this.#arrived?.();
    done();
  }

  async until(message: string): Promise<LogLine> {
    for (;;) {
      while (this.#seen < this.lines.length) {
        const line = this.lines[this.#seen++]!;
        if (line.message === message) return line;
      }
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}

/** Settings of a webhook on free ports of loopback, with a pair in a folder of its own. */
export async function loopback(
  overrides: Partial<WebhookSettings> = {},
): Promise<WebhookSettings & { folder: string }> {
  const path = await folder();
  await writePair(path, await servingPair());
  return {
    ...defaults(webhookFlags),
    listenAddress: { host: '127.0.0.1', port: 0 },
    webListenAddress: { host: '127.0.0.1', port: 0 },
    tlsCertFile: join(path, 'tls.crt'),
    tlsKeyFile: join(path, 'tls.key'),
    shutdownGracePeriod: 0,
    logLevel: 'debug',
    folder: path,
    ...overrides,
  };
}

export async function writePair(path: string, { cert, key }: KeyPair): Promise<void> {
  await replace(join(path, 'tls.key'), key);
  await replace(join(path, 'tls.crt'), cert);
}

export async function replace(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

/** A webhook on loopback that ends with the test, and a client that trusts it. */
export async function running(overrides: Partial<WebhookSettings> = {}, deps: Partial<WebhookDependencies> = {}) {
  const settings = await loopback(overrides);
  const log = new Log();
  const started = await startWebhook(settings, {
    version: '1.2.3',
    now: Date.now,
    random: Math.random,
    stdout: log,
    ...deps,
  });
  if (!started.ok) throw new Error(started.problems.join('\n'));
  const { value: webhook } = started;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const webAgent = new HttpAgent();
  onTestFinished(async () => {
    agent.destroy();
    await webhook.stop();
  });
  const options = { host: '127.0.0.1', port: webhook.tlsAddress.port, ca: authority.cert, agent };
  return {
    settings,
    log,
    webhook,
    agent,
    options,
    send: (path: string, body?: string | Buffer, more: RequestOptions = {}) =>
      send({ ...options, path, ...more }, body),
    post: (path: string, review: unknown) =>
      send(
        { ...options, path, method: 'POST', headers: { 'content-type': 'application/json' } },
        JSON.stringify(review),
      ),
    page: (path: string) => fetchPage(webhook.webAddress.port, path, webAgent),
  };
}

/** One request. A body that the server does not read to its end is no error: its answer counts. */
export function send(options: RequestOptions, body?: string | Buffer): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function fetchPage(port: number, path: string, agent: HttpAgent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    }).on('error', reject);
  });
}
