import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { inject } from 'vitest';

export const root = join(import.meta.dirname, '../..');
export const chart = join(root, 'charts/metrics-sidecar');
export const goldens = join(root, 'test/golden/chart');

/** The cases of ci/, by their names: `default` is ci/default-values.yaml. */
export const cases = readdirSync(join(chart, 'ci')).map((file) => file.replace(/-values\.yaml$/, ''));
export const valuesOf = (name: string) => join(chart, 'ci', `${name}-values.yaml`);
export const read = (file: string) => readFileSync(join(chart, file), 'utf8');

/** Why the suite is skipped: the setup said so aloud. */
export const missing = inject('helm') === '';

export interface Rendered {
  readonly ok: boolean;
  /** What was rendered, or what Helm said instead. */
  readonly text: string;
}

/** Runs Helm; its own warnings are part of what it says only where it fails. */
export function helm(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Rendered> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 2 ** 20, env: { ...process.env, KUBECONFIG: '/dev/null', ...env } };
    const child = execFile(inject('helm'), args, options, (error, out, err) =>
      resolve(error === null ? { ok: true, text: out } : { ok: false, text: err }),
    );
    child.stdin!.end(input);
  });
}

/** Renders the chart as release `metrics-sidecar` in namespace `metrics`. */
export function template(...args: readonly string[]): Promise<Rendered> {
  return helm(['template', 'metrics-sidecar', chart, '--namespace', 'metrics', ...args]);
}

/** As `template`, with values that are given as they are. */
export function templateWith(values: unknown, ...args: readonly string[]): Promise<Rendered> {
  const all = ['template', 'metrics-sidecar', chart, '--namespace', 'metrics', ...args, '--values', '-'];
  return helm(all, JSON.stringify(values));
}

/** What has to render does: the objects. */
export async function objects(rendered: Promise<Rendered>): Promise<KubernetesObject[]> {
  const { ok, text } = await rendered;
  if (!ok) throw new Error(text);
  return (loadAll(text) as (KubernetesObject | null)[]).filter((object) => object !== null);
}

/** An object as far as tests look into it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Tree;
  readonly webhooks?: readonly Tree[];
  readonly rules?: readonly Tree[];
}

/** Whatever a manifest holds: tests know what they look for, and fail where it is something else. */
export interface Tree {
  // biome-ignore lint/suspicious/noExplicitAny: a manifest is read by its path, without its schema
  readonly [key: string]: any;
}

export function of(all: readonly KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = all.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name ?? ''}`);
  return found[0]!;
}

/** Runs the tasks, a few at a time, as there are few processors; the results in their order. */
export async function fewAtATime<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next;
      next += 1;
      results[i] = await task(items[i]!);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return results;
}
