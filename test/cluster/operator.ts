import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { end, type Running } from './discovery-agents.ts';
import { eventually } from './eventually.ts';
import { get, must } from './kubectl.ts';
import { run } from './program.ts';

/** A prometheus-operator, and the folder with the CustomResourceDefinitions of its version. */
export interface Operator {
  readonly program: string;
  readonly definitions: string;
}

/**
 * The operator of $PROMETHEUS_OPERATOR, or of the PATH. Its definitions come from the Go module that it was built of:
 * the program names the module's version, the module cache has it. What is missing is said in a sentence.
 */
export async function findOperator(): Promise<Operator | string> {
  const name = process.env.PROMETHEUS_OPERATOR ?? 'prometheus-operator';
  const found = await run('sh', ['-c', 'command -v "$0"', name]);
  const program = found.out.trim();
  if (found.code !== 0) return `${name} is not on the PATH`;
  const built = await run('go', ['version', '-m', program]);
  const module = /^\tmod\t(\S+)\t(\S+)/m.exec(built.out)?.slice(1).join('@');
  if (module === undefined) return `go does not tell the module of ${program}: ${built.err.trim()}`;
  const downloaded = await run('go', ['mod', 'download', '-json', module]);
  if (downloaded.code !== 0) return `go has no ${module}: ${downloaded.err.trim()}`;
  const { Dir: folder } = JSON.parse(downloaded.out) as { Dir: string };
  return { program, definitions: join(folder, 'example/prometheus-operator-crd') };
}

/**
 * Gives the cluster the operator's definitions. What comes back takes away those that were not there before, and with
 * them every object of theirs.
 */
export async function installDefinitions({ definitions }: Operator): Promise<() => Promise<void>> {
  const names = (await readdir(definitions)).map(
    (file) => `${/_(\w+)\.yaml$/.exec(file)![1]}.${file.slice(0, file.indexOf('_'))}`,
  );
  const before = new Set((await must(['get', 'crd', '-o', 'name'])).out.split('\n'));
  const ours = names.filter((name) => !before.has(`customresourcedefinition.apiextensions.k8s.io/${name}`));
  if (ours.length > 0) await must(['apply', '--server-side', '-f', definitions]);
  await must(['wait', '--for=condition=Established', '--timeout=60s', 'crd', ...names]);
  return async () => {
    if (ours.length > 0) await must(['delete', 'crd', ...ours, '--ignore-not-found', '--timeout=120s']);
  };
}

/** Runs the operator outside of the cluster, for the objects of one namespace; `api` as an address alone. */
export function startOperator({ program }: Operator, api: string, namespace: string): Running & { log(): string } {
  const args = [`--apiserver=${api}`, `--namespaces=${namespace}`, '--web.listen-address=127.0.0.1:0'];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  return { url: '', stop: () => end(child), log: () => log };
}

/**
 * The configuration that the operator makes for a Prometheus, once every one of these jobs is in it; with the variables
 * that the config reloader would fill in.
 */
export function generatedConfiguration(namespace: string, name: string, jobs: readonly string[]): Promise<string> {
  return eventually(async () => {
    const { data } = await get<{ data: Record<string, string> }>('secret', `prometheus-${name}`, namespace);
    const packed = Buffer.from(data['prometheus.yaml.gz'] ?? '', 'base64');
    const text = (await promisify(gunzip)(packed)).toString();
    const missing = jobs.filter((job) => !text.includes(`job_name: ${job}\n`));
    if (missing.length > 0) throw new Error(`prometheus-${name} has no ${missing}`);
    return text.replaceAll('$(SHARD)', '0').replaceAll('$(POD_NAME)', `prometheus-${name}-0`);
  });
}

/** The rule files that the operator makes for a Prometheus, by their names. */
export function generatedRules(namespace: string, name: string): Promise<Readonly<Record<string, string>>> {
  return eventually(async () => {
    const { out } = await must(['get', 'configmap', '-n', namespace, '-o', 'json', '-l', `prometheus-name=${name}`]);
    const [map] = (JSON.parse(out) as { items: { data?: Record<string, string> }[] }).items;
    if (Object.keys(map?.data ?? {}).length === 0) throw new Error(`prometheus-${name} has no rules`);
    return map!.data!;
  });
}
