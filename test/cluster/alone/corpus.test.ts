import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ClusterFacts, watchFacts } from '../../../src/cluster/watch-facts.ts';
import { label } from '../../../src/contract/names.ts';
import { webhookFlags } from '../../../src/contract/webhook.ts';
import { defaults } from '../../../src/flags/flag.ts';
import { type JsonObject, objectOf } from '../../../src/json/json.ts';
import { connect } from '../../../src/kube/connection/connect.ts';
import type { Kube } from '../../../src/kube/kube.ts';
import { version } from '../../../src/runtime/version.ts';
import { injectSettings } from '../../../src/settings/inject-settings.ts';
import { readSettings } from '../../../src/settings/settings-file.ts';
import { facts, settings } from '../../inject/cluster.ts';
import { read } from '../../inject/corpus.ts';
import build from '../../process/build.ts';
import { failed } from '../../thrown.ts';
import { name, namespace as webhookNamespace } from '../chart.ts';
import { anew, comparable, created, outline } from '../corpus-api-server.ts';
import { type Injected, injectFiles, together } from '../corpus-command.ts';
import {
  accountsOf,
  type CorpusFile,
  corpusFiles,
  namespaceObjects,
  objectsIn,
  settingsFileOf,
  usual,
} from '../corpus-files.ts';
import { asCreated } from '../corpus-pods.ts';
import { byWebhook, handedOn, isLinted, reportOf, type Webhook } from '../corpus-webhook.ts';
import { eventually } from '../eventually.ts';
import { apply, get, must } from '../kubectl.ts';

const kubelets = 'the nodes of this cluster are of one version, and a newer one';
const otherSettings = 'the webhook of this cluster has other settings';

/**
 * Cases whose recorded outcome this cluster cannot give. Like all others they are compared three ways with what this
 * cluster is; with what their folders say, the command line is compared with the webhook in this process alone, and the
 * API server takes what comes of it.
 */
const elsewhere: Readonly<Record<string, string>> = {
  'classic-on-old-kubelets': kubelets,
  'discovery-none-and-merged': otherSettings,
  'discovery-off': otherSettings,
  'haproxy-short-grace-period': kubelets,
  'haproxy-takeover-before-1.32': kubelets,
  'invalid-denied-by-settings': otherSettings,
  'job-classic-asked': kubelets,
  'job-on-old-kubelets': kubelets,
  'kubelets-of-three-versions': kubelets,
  'kubelets-unknown': 'the webhook of this cluster knows its nodes',
  'locked-and-denied-by-settings': otherSettings,
  'locked-and-required': otherSettings,
  'locked-annotations': otherSettings,
  'locked-defaults-stay': otherSettings,
  'locked-kind': otherSettings,
  'locked-on-a-service': otherSettings,
  'locked-told-at-the-workload': otherSettings,
  'manifest-jobs-on-an-old-cluster': kubelets,
  'native-asked-on-old-kubelets': kubelets,
  'settings-as-defaults': otherSettings,
  'settings-of-a-company': otherSettings,
  'users-left-unset': otherSettings,
  'users-left-unset-but-root': otherSettings,
  'workload-cronjob-level': kubelets,
};

/** Cases with pods or workloads that the API server would not take from anybody, and what it says. */
const refused: Readonly<Record<string, RegExp>> = {
  'limit-ranges-of-two-kinds': /maximum memory usage per Container is 96Mi/,
  'manifest-of-nothing-to-do': /spec.selector: Required value/,
  'manifest-with-every-quote': /metadata.annotations: Invalid value: "complex key with spaces"/,
  'manifest-with-nulls': /`selector` does not match template `labels`/,
  'manifest-with-unknown-fields': /must specify one of: `fieldRef`|could not find the requested resource/,
  'quota-refuses-the-pod-anyway': /failed quota: compute: must specify limits.memory/,
};

/** Cases about which the API server does not ask the webhook, although they ask: they get no status that says why. */
const unasked: Readonly<Record<string, string>> = {
  'own-pod': 'the registration leaves out the pods of metrics-sidecar itself',
};

describe.skipIf(inject('missing'))('the corpus', () => {
  const namespaces = [...new Map(corpusFiles.map((file) => [file.namespace, file])).values()];
  const names = namespaces.map(({ namespace }) => namespace);
  const commandLine = new Map<CorpusFile, Injected>();
  let kube: Kube;
  let cluster: ClusterFacts;
  let webhook: Webhook;

  beforeAll(async () => {
    build();
    const connected = await connect({ env: process.env });
    if (!connected.ok) throw new Error(connected.problem);
    kube = connected.kube;
    await must(['delete', 'namespace', ...names, '--ignore-not-found', '--timeout=120s']);
    await apply([...namespaces.flatMap(namespaceObjects), ...corpusFiles.flatMap(accountsOf)]);
    const whenThere = ['wait', '--for=create', 'serviceaccount/default', '--timeout=60s'];
    await Promise.all(names.map((one) => must([...whenThere, '-n', one])));
    cluster = watchFacts(kube, { now: Date.now, random: Math.random, failed });
    await cluster.whenSynced;

    const map = await get<{ data: Record<string, string> }>('configmap', name, webhookNamespace);
    const file = readSettings(map.data['settings.yaml']!);
    if (!file.ok) throw new Error(file.problems.join('; '));
    webhook = { settings: injectSettings(defaults(webhookFlags), file.value, version), facts: cluster.of };
    const given = { settings: map.data['settings.yaml']!, kubernetesVersion: oldest(cluster.of(usual).kubelets!) };
    for (const files of together(corpusFiles)) {
      for (const [one, result] of await injectFiles(files, given)) commandLine.set(one, result);
    }
  });
  afterAll(async () => {
    cluster?.stop();
    kube?.close();
    await must(['delete', 'namespace', ...names, '--ignore-not-found', '--wait=false']);
  });

  /** The webhook that this cluster has learns of a namespace by watches, in its own time. */
  const patiently = (file: CorpusFile, check: () => Promise<void>) =>
    eventually(check, file.namespace === usual ? 0 : 10);

  describe.each(corpusFiles.map((file) => [file.folder, file] as const))('%s', (_, file) => {
    test.concurrent('the command line does what the webhook does', () => {
      compare(file, commandLine.get(file)!, webhook);
    });

    test.concurrent('the API server makes the same of it before and after the command line', () =>
      patiently(file, async () => {
        const after = objectsIn(file, commandLine.get(file)!.text).map(asCreated);
        for (const [i, before] of objectsIn(file, file.text).map(asCreated).entries())
          for (const [j, one] of before.entries()) await createBoth(file, one, after[i]![j]!);
      }));
  });

  const workloads = corpusFiles.flatMap((file) =>
    objectsIn(file, file.text)
      .filter(isLinted)
      .map((one) => ({ file, one })),
  );
  test.concurrent.each(workloads.map(({ file, one }) => [file.folder, one.kind, file, one] as const))(
    '%s: who applies the %s is told what the report says',
    (folder, kind, file, { value, apiVersion }) =>
      patiently(file, async () => {
        const workload = { ...value, kind, apiVersion };
        const result = await created(kube, workload, file.namespace);
        if (result.ok) expect(result.warnings).toEqual(handedOn('lint', workload, file, webhook).warnings);
        else expect(result.problem).toMatch(refused[folder] ?? 'nothing');
      }),
  );

  /** One way to be created is as it was, by way of the webhook; the other as the command line left it. */
  async function createBoth(file: CorpusFile, before: JsonObject, after: JsonObject): Promise<void> {
    const { folder, namespace } = file;
    const answer = handedOn('mutate', before, file, webhook);
    const [was, is] = [await created(kube, before, namespace), await created(kube, after, namespace)];
    if (!was.ok) {
      if (answer.allowed) expect(was.problem).toMatch(refused[folder] ?? 'nothing');
      else expect(was.problem).toContain(`denied the request: ${answer.message}`.slice(0, 400));
      expect(is).toEqual(was);
      return;
    }
    expect(answer.allowed).toBe(true);
    expect(was.warnings.filter((warning) => !isOfKubernetes(warning))).toEqual(answer.warnings);
    if (!is.ok) throw new Error(is.problem);
    // The webhook was asked about what the command line had made, and left it as it is.
    expect(outline(is.object)).toEqual(outline(after));
    if (!(folder in unasked)) expect(comparable(is.object)).toEqual(comparable(was.object));
    const again = await created(kube, anew(was.object), namespace);
    if (!again.ok) throw new Error(again.problem);
    expect(comparable(again.object)).toEqual(comparable(was.object));
  }

  describe('of other clusters and settings', () => {
    const others = corpusFiles.filter(({ folder }) => folder in elsewhere);

    test('those are the cases that say so', () => {
      const said = corpusFiles.filter(
        ({ folder }) => read(folder, 'settings') ?? read(folder, 'facts')?.kubelets !== undefined,
      );
      expect(said.map(({ folder }) => folder)).toEqual(Object.keys(elsewhere));
    });

    test.each(others.map((file) => [file.folder, file] as const))('%s', async (folder, file) => {
      const { onInvalid = 'allow', nativeSidecars = 'auto', ...said } = read(folder, 'settings') ?? {};
      const own = settings({ ...said, onInvalid, nativeSidecars, version } as Parameters<typeof settings>[0]);
      const known = facts(read(folder, 'facts') ?? {});
      const given = {
        settings: settingsFileOf(own),
        kubernetesVersion: own.kubernetesVersion ?? oldest(known.kubelets!),
        flags: [`--on-invalid=${onInvalid}`, `--native-sidecars=${nativeSidecars}`],
      };
      const result = (await injectFiles([file], given)).get(file)!;
      compare(file, result, { settings: own, facts: () => known });
      for (const pod of objectsIn(file, result.text).flatMap(asCreated).filter(isInjected)) {
        const left = await created(kube, pod, usual);
        if (!left.ok) throw new Error(left.problem);
        expect(outline(left.object)).toEqual(outline(pod));
      }
    });
  });
});

/** The text has what the webhook's patch makes, and the report says what the webhook found. */
function compare(file: CorpusFile, result: Injected, webhook: Webhook): void {
  const objects = objectsIn(file, file.text);
  const after = objectsIn(file, result.text).map(({ value }) => value);
  expect(after).toEqual(objects.map((object) => byWebhook(object, file.namespace, webhook)));
  const expected = objects.flatMap((object) => reportOf(object, file.namespace, webhook));
  const isFinding = (line: string) => /^(?:error|warning): \w+\//.test(line);
  expect(result.report.filter(isFinding).toSorted()).toEqual(expected.toSorted());
}

function isInjected({ metadata }: JsonObject): boolean {
  return label.injected in (objectOf(objectOf(metadata)?.labels) ?? {});
}

/** What the API server warns of itself. */
function isOfKubernetes(warning: string): boolean {
  return /duplicate port name|deprecated since/.test(warning);
}

function oldest(kubelets: readonly string[]): string {
  return kubelets
    .map((one) => /^v?(\d+\.\d+)/.exec(one)![1]!)
    .toSorted((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]))[0]!;
}
