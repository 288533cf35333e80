import { type Codec, codecOf, parsed, refused, scalarBytes, where } from '../flags/codec.ts';
import { boolean, duration, file, listOf, oneOf, optional, text, url } from '../flags/codecs.ts';
import { flag, type Settings } from '../flags/flag.ts';
import { nameSuchAs } from './kubernetes-name.ts';

const name = nameSuchAs('default');

const id: Codec<string> = where({ ...text, placeholder: 'ID' }, 'the id of a check such as webhook.injects', (value) =>
  /^[a-z-]+\.[a-z-]+$/.test(value),
);

/** How to reach the cluster, as kubectl takes it. */
const clusterFlags = {
  kubeconfig: flag({
    name: 'kubeconfig',
    codec: optional(file),
    default: undefined as string | undefined,
    doc: 'How to reach the API server; without it as kubectl does, and in a pod by its service account.',
    example: '~/.kube/config',
  }),
  context: flag({
    name: 'context',
    codec: optional({ ...text, placeholder: 'NAME' }),
    default: undefined as string | undefined,
    doc: 'The context of the kubeconfig; without it the current one.',
    example: 'staging',
  }),
};

/** Flags of `check`. */
export const checkFlags = {
  pre: flag({
    name: 'pre',
    codec: boolean,
    default: false,
    doc: 'Check whether the chart can be installed, instead of an installation.',
    example: 'true',
  }),
  namespace: flag({
    name: 'namespace',
    short: 'n',
    codec: name,
    default: 'default',
    doc: 'The namespace in which a pod is created as a dry run to see whether it is injected.',
    example: 'shop',
  }),
  releaseNamespace: flag({
    name: 'release-namespace',
    codec: name,
    default: 'metrics-sidecar',
    doc: 'The namespace in which the chart is going to be installed; of several installations, the one to check.',
    example: 'monitoring',
  }),
  only: flag({
    name: 'only',
    codec: listOf(id),
    default: [] as readonly string[],
    doc: 'Run these checks and no others.',
    example: 'webhook.injects,webhook.missed',
  }),
  prometheus: flag({
    name: 'prometheus',
    codec: optional(url),
    default: undefined as string | undefined,
    doc: 'The address of a Prometheus, to see whether each injected pod is a target of it.',
    example: 'http://localhost:9090',
  }),
  failOn: flag({
    name: 'fail-on',
    codec: oneOf('warning', 'error'),
    default: 'error' as 'warning' | 'error',
    doc: 'What makes the exit code 1: errors alone, or warnings too.',
    example: 'warning',
  }),
  wait: flag({
    name: 'wait',
    codec: duration,
    default: 0,
    doc: 'Check again and again until nothing fails, at most for so long.',
    example: '2m',
  }),
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('table', 'short', 'json'),
    default: 'table' as 'table' | 'short' | 'json',
    doc: 'Everything for people, problems and a summary only, or everything for programs.',
    example: 'short',
  }),
  ...clusterFlags,
};

/** Flags of `list`. */
export const listFlags = {
  namespace: flag({
    name: 'namespace',
    short: 'n',
    codec: optional(name),
    default: undefined as string | undefined,
    doc: 'The pods of this namespace; without it those of all namespaces.',
    example: 'shop',
  }),
  allNamespaces: flag({
    name: 'all-namespaces',
    short: 'A',
    codec: boolean,
    default: false,
    doc: 'The pods of all namespaces, as without --namespace.',
    example: 'true',
  }),
  missed: flag({
    name: 'missed',
    codec: boolean,
    default: false,
    doc: 'Show the pods that ask for a sidecar and have none, and why, instead of the injected ones.',
    example: 'true',
  }),
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('table', 'json'),
    default: 'table' as 'table' | 'json',
    doc: 'A table for people, or JSON for programs.',
    example: 'json',
  }),
  ...clusterFlags,
};

/** How many pods may be unavailable at a time: a number, or a share of all. */
export type PodBudget = { readonly pods: number } | { readonly percent: number };

/** A positive number of pods, or a percentage of them. 0 would allow nothing. */
export const podBudget: Codec<PodBudget> = codecOf({
  placeholder: 'N|N%',
  expects: 'a number of pods from 1 up, or a percentage from 1% to 100%',
  most: scalarBytes,
  read(value) {
    const [, digits, sign] = /^(\d{1,9})(%?)$/.exec(value) ?? [];
    const number = Number(digits);
    if (digits === undefined || number < 1 || (sign === '%' && number > 100)) return refused(value, podBudget.expects);
    return parsed(sign === '%' ? { percent: number } : { pods: number });
  },
  format: (budget) => ('percent' in budget ? `${budget.percent}%` : String(budget.pods)),
});

/** Flags of `renew`. */
export const renewFlags = {
  namespace: flag({
    name: 'namespace',
    short: 'n',
    codec: optional(name),
    default: undefined as string | undefined,
    doc: 'Renew the workloads of this namespace.',
    example: 'shop',
  }),
  all: flag({
    name: 'all',
    short: 'A',
    codec: boolean,
    default: false,
    doc: 'Renew the workloads of all namespaces.',
    example: 'true',
  }),
  missed: flag({
    name: 'missed',
    codec: boolean,
    default: false,
    doc: 'Renew the workloads whose pods ask for a sidecar and have none, instead of those with outdated sidecars.',
    example: 'true',
  }),
  maxUnavailable: flag({
    name: 'max-unavailable',
    codec: optional(podBudget),
    default: undefined as PodBudget | undefined,
    doc: 'Pods that may be unavailable at a time, of all workloads with sidecars; without it one workload at a time.',
    example: '10%',
  }),
  timeout: flag({
    name: 'timeout',
    codec: duration,
    default: 600_000,
    doc: 'How long a rollout may go without progress before it counts as failed.',
    example: '20m',
  }),
  keepGoing: flag({
    name: 'keep-going',
    codec: boolean,
    default: false,
    doc: 'Go on with the other workloads where a rollout fails, instead of stopping.',
    example: 'true',
  }),
  dryRun: flag({
    name: 'dry-run',
    codec: boolean,
    default: false,
    doc: 'Print the plan and restart nothing.',
    example: 'true',
  }),
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('table', 'json'),
    default: 'table' as 'table' | 'json',
    doc: 'A table for people, or JSON for programs. Progress is on standard error.',
    example: 'json',
  }),
  ...clusterFlags,
};

export type CheckSettings = Settings<typeof checkFlags>;
export type ListSettings = Settings<typeof listFlags>;
export type RenewSettings = Settings<typeof renewFlags>;
