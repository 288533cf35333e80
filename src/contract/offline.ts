import type { Codec } from '../flags/codec.ts';
import { boolean, listOf, oneOf, optional, text } from '../flags/codecs.ts';
import { flag, type Settings } from '../flags/flag.ts';
import { nameSuchAs } from './kubernetes-name.ts';
import { webhookFlags } from './webhook.ts';

/** A path that `src/manifest/pod-template-path.ts` reads; only that file can check its text. */
const podTemplatePath: Codec<string> = { ...text, placeholder: '[KIND[.GROUP]=]PATH' };

const podTemplatePathFlag = flag({
  name: 'pod-template-path',
  codec: listOf(podTemplatePath),
  default: [] as readonly string[],
  doc: 'Where custom resources carry pod templates: paths such as spec.template, each for the objects of one kind or of all.',
  example: 'Rollout=spec.template,Job.batch.volcano.sh=spec.tasks[*].template',
});

/** The flags of every command that decides about manifests as the webhook does. */
export const engineFlags = {
  settings: flag({
    ...webhookFlags.settings,
    doc: "The webhook's settings file (YAML): defaults of the annotations.",
    example: 'settings.yaml',
  }),
  onInvalid: webhookFlags.onInvalid,
  nativeSidecars: webhookFlags.nativeSidecars,
  kubernetesVersion: webhookFlags.kubernetesVersion,
  namespace: flag({
    name: 'namespace',
    short: 'n',
    codec: nameSuchAs('default'),
    default: 'default',
    doc: 'The namespace of objects that name none. Its labels, LimitRanges and ResourceQuotas count where they stand in the manifests.',
    example: 'shop',
  }),
  podTemplatePath: podTemplatePathFlag,
};

/** The flags for the output of `inject` and `uninject`. */
const outputFlags = {
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('yaml', 'json', 'patch', 'diff', 'short'),
    default: 'yaml' as 'yaml' | 'json' | 'patch' | 'diff' | 'short',
    doc: 'The manifests as they were written, with the changes (JSON stays JSON); their objects as JSON; a JSON Patch for each object; a unified diff; or one line for each object.',
    example: 'diff',
  }),
  inPlace: flag({
    name: 'in-place',
    short: 'i',
    codec: boolean,
    default: false,
    doc: 'Write the files that change instead of printing them.',
    example: 'true',
  }),
  check: flag({
    name: 'check',
    codec: boolean,
    default: false,
    doc: 'Print the files that would change, and exit with 1 if there are any.',
    example: 'true',
  }),
  failOn: flag({
    name: 'fail-on',
    codec: oneOf('warning', 'error', 'never'),
    default: 'error' as 'warning' | 'error' | 'never',
    doc: 'What makes the exit code 1: a pod that asks and cannot have a sidecar, warnings too, or neither.',
    example: 'warning',
  }),
};

/** Flags of `inject`. */
export const injectFlags = { ...outputFlags, ...engineFlags };

/** Flags of `uninject`: what was added is told by the objects themselves. */
export const uninjectFlags = { ...outputFlags, podTemplatePath: podTemplatePathFlag };

/** Flags of `lint`. */
export const lintFlags = {
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('text', 'json', 'github'),
    default: 'text' as 'text' | 'json' | 'github',
    doc: 'One line a finding, JSON for programs, or annotations of a GitHub workflow run.',
    example: 'json',
  }),
  failOn: flag({
    name: 'fail-on',
    codec: oneOf('warning', 'error'),
    default: 'warning' as 'warning' | 'error',
    doc: 'What makes the exit code 1: every finding, or errors alone.',
    example: 'error',
  }),
  ...engineFlags,
};

/** Flags of `explain`. */
export const explainFlags = {
  output: flag({
    name: 'output',
    short: 'o',
    codec: oneOf('text', 'json'),
    default: 'text' as 'text' | 'json',
    doc: 'Sentences for people, or JSON for programs.',
    example: 'json',
  }),
  annotation: flag({
    name: 'annotation',
    codec: optional({ ...text, placeholder: 'KEY' }),
    default: undefined as string | undefined,
    doc: 'Explain an annotation, by its key or the part behind the slash, instead of manifests.',
    example: 'udp-port',
  }),
  reason: flag({
    name: 'reason',
    codec: optional({ ...text, placeholder: 'CODE' }),
    default: undefined as string | undefined,
    doc: 'Explain a reason by its code, instead of manifests.',
    example: 'port_taken',
  }),
  ...engineFlags,
};

export type EngineSettings = Settings<typeof engineFlags>;
export type InjectCommandSettings = Settings<typeof injectFlags>;
export type LintSettings = Settings<typeof lintFlags>;
export type ExplainSettings = Settings<typeof explainFlags>;
