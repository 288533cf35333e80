import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { imageRepository } from '../../src/contract/sidecar-annotations.ts';
import { type Permissions, readWorkflows, root, stepsOf } from './workflows.ts';

const workflows = readWorkflows();
const steps = workflows.flatMap(stepsOf);
const scripts = steps.flatMap(({ where, value }) => (value.run === undefined ? [] : [{ where, run: value.run }]));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const byName = (name: string) => workflows.find(({ file }) => file.endsWith(`/${name}.yml`))!;
/** Programs of `.github/`: files without an ending. */
const shellFiles = readdirSync(join(root, '.github')).filter((file) => !file.includes('.') && file !== 'workflows');

describe.each(workflows.map((workflow) => [workflow.file, workflow] as const))('%s', (file, workflow) => {
  test('is one to action-validator', () => {
    const validator = join(root, 'node_modules/.bin/action-validator');
    execFileSync(process.execPath, [validator, file], { cwd: root, stdio: 'pipe' });
  });

  test('names what its token may do, and nothing more than reading for a whole workflow', () => {
    expect(workflow.permissions).toBeDefined();
    expect(Object.values(workflow.permissions!).filter((right) => right !== 'read')).toEqual([]);
  });

  test('has a shell that fails where a part of a pipe fails', () => expect(workflow.defaults?.run?.shell).toBe('bash'));

  test('every job has an end and a machine of a known version', () => {
    for (const [name, job] of Object.entries(workflow.jobs)) {
      if (job.uses !== undefined) continue;
      expect(job['timeout-minutes'], name).toBeLessThanOrEqual(60);
      expect(job['runs-on'], name).toMatch(/-\d+\.\d+$/);
    }
  });

  test('every action is pinned by its commit, with the version beside it', () => {
    const lines = workflow.text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
    const foreign = lines.filter((line) => !/uses: \.\//.test(line));
    expect(foreign.length).toBeGreaterThan(0);
    expect(foreign.filter((line) => !/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });
});

test('only the jobs that publish may write, each what it publishes', () => {
  const writing = (permissions: Permissions = {}) =>
    Object.keys(permissions).filter((right) => permissions[right] === 'write');
  const all = workflows.flatMap(({ jobs }) => Object.entries(jobs));
  const rights = all.map(([job, { permissions }]) => [job, writing(permissions)] as const);
  expect(Object.fromEntries(rights.filter(([, write]) => write.length > 0))).toEqual({
    image: ['packages', 'id-token'],
    chart: ['packages', 'id-token'],
    github: ['contents'],
  });
});

test('an action has one version everywhere', () => {
  const uses = steps.flatMap(({ value }) => (value.uses === undefined ? [] : [value.uses]));
  const versions = Map.groupBy(new Set(uses), (use) => use.split('@')[0]!);
  expect([...versions.values()].filter((list) => list.length > 1)).toEqual([]);
});

test('no checkout leaves its token behind', () => {
  const checkouts = steps.filter(({ value }) => value.uses?.startsWith('actions/checkout@'));
  expect(checkouts.length).toBeGreaterThan(0);
  expect(checkouts.filter(({ value }) => value.with?.['persist-credentials'] !== false)).toEqual([]);
});

describe('what is run', () => {
  test.each(scripts.map(({ where, run }) => [where, run] as const))('%s is a shell script', (_, run) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // Put into a script as text, a branch's name could be a program.
    expect(run).not.toContain('${{');
  });

  test('npm scripts exist', () => {
    const known = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
    const named = scripts.flatMap(({ run }) =>
      [...run.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test)\b)/g)].map(([, script, test]) => script ?? test!),
    );
    expect(named).toEqual(
      expect.arrayContaining(['test', 'test:linear', 'test:chart', 'test:image', 'test:peer', 'test:cluster']),
    );
    expect([...new Set(named)].filter((name) => !(name in known))).toEqual([]);
  });

  test.each(shellFiles)('.github/%s is a program', (file) => {
    accessSync(join(root, '.github', file), constants.X_OK);
    expect(spawnSync('bash', ['-n', join(root, '.github', file)], { encoding: 'utf8' }).stderr).toBe('');
  });

  test('files of .github that are named are there', () => {
    const named = workflows.flatMap(({ text }) => [...text.matchAll(/\.github\/[\w./-]*\w/g)].map(([path]) => path));
    for (const path of new Set(named)) accessSync(join(root, path));
    expect(named).toEqual(expect.arrayContaining(shellFiles.map((file) => `.github/${file}`)));
  });
});

test('the tests run on the oldest Kubernetes that the chart installs on', () => {
  const { kubeVersion } = parse(read('charts/metrics-sidecar/Chart.yaml')) as { kubeVersion: string };
  const clusters = byName('test').jobs['cluster']!.strategy!.matrix!.include!;
  const [oldest] = clusters
    .map(({ kubernetes }) => kubernetes!)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  expect(kubeVersion).toBe(`>=${oldest}.0-0`);
  for (const { kubernetes, node } of clusters)
    expect(node).toMatch(new RegExp(`^kindest/node:v${kubernetes}\\.\\d+@sha256:[0-9a-f]{64}$`));
});

test('the cluster of the tests has an API server that writes an audit log', () => {
  const cluster = parse(read('.github/kind.yaml')) as { nodes: { kubeadmConfigPatches: string[] }[] };
  const [patch] = cluster.nodes[0]!.kubeadmConfigPatches;
  const { apiServer } = parse(patch!) as { apiServer: { extraArgs: Record<string, string> } };
  expect(apiServer.extraArgs).toMatchObject({ 'audit-log-path': '/var/log/audit/audit.log' });
  accessSync(join(root, 'test/cluster/audit-policy.yaml'));
});

test('a release publishes the image that chart and sidecars name', () => {
  const { image } = parse(read('charts/metrics-sidecar/values.yaml')) as {
    image: { registry: string; repository: string };
  };
  expect(byName('release').env!['IMAGE']).toBe(imageRepository);
  expect(`${image.registry}/${image.repository}`).toBe(imageRepository);
  expect(byName('release').on).toEqual({ push: { tags: ['v*'] } });
});

test('dependabot looks after packages, actions and base images', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as { updates: { 'package-ecosystem': string }[] };
  expect(updates.map((update) => update['package-ecosystem']).sort()).toEqual(['docker', 'github-actions', 'npm']);
});
