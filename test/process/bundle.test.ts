import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Meta {
  outputs: Record<
    string,
    { imports: { path: string; kind: string }[]; inputs: Record<string, unknown>; entryPoint?: string }
  >;
}

const meta = JSON.parse(readFileSync(new URL('../../dist/meta.json', import.meta.url), 'utf8')) as Meta;

/** Every source that is loaded when these sources of `src/` are: their chunks, and all that those import statically. */
function loaded(...sources: string[]): string[] {
  const chunkOf = (source: string) => Object.keys(meta.outputs).find((path) => source in meta.outputs[path]!.inputs)!;
  const chunks = new Set<string>();
  const visit = (path: string) => {
    if (chunks.has(path) || meta.outputs[path] === undefined) return;
    chunks.add(path);
    for (const { path: next, kind } of meta.outputs[path].imports) if (kind === 'import-statement') visit(next);
  };
  for (const source of sources) visit(chunkOf(source));
  return [...chunks].flatMap((path) => Object.keys(meta.outputs[path]!.inputs));
}

const kinds = ['statsd/statsd', 'ingest/ingest', 'port-monitor/port-monitor', 'haproxy/haproxy'];

test('a sidecar with every kind loads no package at all, and nothing of the webhook', () => {
  const sources = loaded('src/main.ts', 'src/sidecar/sidecar.ts', ...kinds.map((kind) => `src/${kind}.ts`));
  expect(sources.filter((source) => source.includes('node_modules'))).toEqual([]);
  expect(sources.filter((source) => /^src\/(webhook|inject|kube|kinds\/injection)\//.test(source))).toEqual([]);
  expect(sources).not.toContain('src/kinds/annotations.ts');
});

test.each(kinds)('%s loads no other kind', (kind) => {
  const others = kinds.filter((other) => other !== kind).map((other) => `src/${other.split('/')[0]}/`);
  const sources = loaded('src/main.ts', 'src/sidecar/sidecar.ts', `src/${kind}.ts`);
  expect(sources.filter((source) => others.some((other) => source.startsWith(other)))).toEqual([]);
});

test('the webhook loads Fastify, and no runtime', () => {
  const sources = loaded('src/main.ts', 'src/cli/commands/webhook-command.ts');
  expect(sources.some((source) => source.includes('node_modules/fastify/'))).toBe(true);
  // The shape of a table of metrics is everybody's; what holds series is the sidecar's.
  const runtimes = /^src\/(statsd|ingest|port-monitor|haproxy|exposition\/(?!own\/metric-table))/;
  expect(sources.filter((source) => runtimes.test(source))).toEqual([]);
});
