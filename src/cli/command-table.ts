import type { Reference } from '../reference/reference.ts';
import type { Command } from './arguments/command.ts';
import { runVersion } from './commands/print-version.ts';

/** The commands beside the kinds. */
export const ownCommands: readonly Command[] = [
  {
    name: 'webhook',
    usage: 'metrics-sidecar webhook [FLAGS]',
    summary: 'Serve the admission webhook that injects the sidecar.',
    flags: async () => [['Flags', (await import('../contract/webhook.ts')).webhookFlags]],
    run: async (args, io) => (await import('./commands/webhook.ts')).runWebhook(args, io),
  },
  {
    name: 'haproxy-config',
    usage: 'metrics-sidecar haproxy-config [FLAGS]',
    summary: "Write HAProxy's configuration and end; runs before HAProxy starts.",
    flags: async () => [['Flags', (await import('../contract/haproxy.ts')).haproxyFlags]],
    run: async (args, io) => (await import('./commands/haproxy-config.ts')).runHaproxyConfig(args, io),
  },
  {
    name: 'check',
    usage: 'metrics-sidecar check [--pre] [FLAGS]',
    summary: 'Check an installation in a cluster, or whether there can be one (--pre).',
    flags: async () => [['Flags', (await import('../contract/check.ts')).checkFlags]],
    run: async (args, io) => (await import('./commands/check.ts')).runCheck(args, io),
  },
  {
    name: 'list',
    usage: 'metrics-sidecar list [FLAGS]',
    summary: 'List the injected pods of a cluster, or those that were missed (--missed).',
    flags: async () => [['Flags', (await import('../contract/check.ts')).listFlags]],
    run: async (args, io) => (await import('./commands/list.ts')).runList(args, io),
  },
  {
    name: 'scrape-config',
    usage: 'metrics-sidecar scrape-config [FLAGS]',
    summary: 'Print the scrape jobs for a Prometheus without the operator.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).scrapeConfigFlags]],
    run: async (args, io) => (await import('./commands/scrape-config.ts')).runScrapeConfig(args, io),
  },
  {
    name: 'dashboards',
    usage: 'metrics-sidecar dashboards [NAME] [FLAGS]',
    summary: 'List the Grafana dashboards, print one, or write them into a directory.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).dashboardsFlags]],
    operands: async () => (await (await import('../monitoring/dashboards.ts')).allDashboards()).map(({ name }) => name),
    run: async (args, io) => (await import('./commands/dashboards.ts')).runDashboards(args, io),
  },
  {
    name: 'alerts',
    usage: 'metrics-sidecar alerts [FLAGS]',
    summary: 'Print the alerts, as a rules file or as a PrometheusRule.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).alertsFlags]],
    run: async (args, io) => (await import('./commands/alerts.ts')).runAlerts(args, io),
  },
  {
    name: 'inject',
    usage: 'metrics-sidecar inject [FLAGS] [FILE|FOLDER|-]...',
    summary: 'Inject the sidecar into manifests, as the webhook does into pods; without a file, into standard input.',
    flags: async () => [['Flags', (await import('../contract/offline.ts')).injectFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./manifests/inject.ts')).runInject(args, io),
  },
  {
    name: 'uninject',
    usage: 'metrics-sidecar uninject [FLAGS] [FILE|FOLDER|-]...',
    summary: 'Take out of manifests what inject put there.',
    flags: async () => [['Flags', (await import('../contract/offline.ts')).uninjectFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./manifests/uninject.ts')).runUninject(args, io),
  },
  {
    name: 'explain',
    usage: 'metrics-sidecar explain [FLAGS] [FILE|FOLDER|-]...',
    summary: 'Explain what becomes of the pods in manifests and why; or one annotation, or one reason.',
    flags: async () => [['Flags', (await import('../contract/offline.ts')).explainFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./manifests/explain.ts')).runExplain(args, io),
  },
  {
    name: 'lint',
    usage: 'metrics-sidecar lint [FLAGS] [FILE|FOLDER|-]...',
    summary: 'Find what is wrong in manifests, with its line and what would be right.',
    flags: async () => [['Flags', (await import('../contract/offline.ts')).lintFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./manifests/lint.ts')).runLint(args, io),
  },
  {
    name: 'validate',
    usage: 'metrics-sidecar validate [FLAGS] FILE...',
    summary: 'Check mapping files of statsd; - is standard input.',
    flags: async () => [['Flags', (await import('../contract/validate.ts')).validateFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./commands/validate.ts')).runValidate(args, io),
  },
  {
    name: 'map',
    usage: 'metrics-sidecar map [FLAGS] [LINE...|-]',
    summary:
      'Show what becomes of statsd lines, and by which rule of a mapping; without a line, of those on standard input.',
    flags: async () => [['Flags', (await import('../contract/map.ts')).mapFlags]],
    run: async (args, io) => (await import('./commands/map.ts')).runMap(args, io),
  },
  referenceCommand({
    name: 'annotations',
    usage: 'metrics-sidecar annotations [KEY] [FLAGS]',
    summary: 'List the annotations, or tell all that is known of one.',
    reference: async () => (await import('../reference/annotations.ts')).annotationReference,
  }),
  referenceCommand({
    name: 'reasons',
    usage: 'metrics-sidecar reasons [CODE] [FLAGS]',
    summary: 'List the reasons of decisions and what to do about them, or tell all that is known of one.',
    reference: async () => (await import('../reference/reasons.ts')).reasonReference,
  }),
  referenceCommand({
    name: 'metrics',
    usage: 'metrics-sidecar metrics [PATTERN] [FLAGS]',
    summary:
      'List the metrics that the program tells of itself, those that fit a pattern, or all that is known of one.',
    reference: async () => (await import('../reference/metrics.ts')).metricReference(),
  }),
  {
    name: 'completion',
    usage: 'metrics-sidecar completion SHELL',
    summary: 'Print what completes command lines in bash, zsh or fish.',
    flags: async () => [],
    operands: async () => (await import('../contract/reference.ts')).shells,
    run: async (args, io) => (await import('./commands/completion.ts')).runCompletion(await allCommands(), args, io),
  },
  {
    name: 'version',
    usage: 'metrics-sidecar version [FLAGS]',
    summary: 'Print the version.',
    flags: async () => [['Flags', (await import('../contract/reference.ts')).versionFlags]],
    run: runVersion,
  },
  {
    name: 'help',
    usage: 'metrics-sidecar help [COMMAND]',
    summary: 'Tell what the commands are, or all of one.',
    flags: async () => [],
    operands: async () => (await allCommands()).map(({ name }) => name).filter((name) => name !== 'help'),
    run: async (args, io) => (await import('./commands/help.ts')).runHelp(await allCommands(), args, io),
  },
];

/** All commands in the order of help, the kinds behind the webhook. They are loaded where a person asks for them alone. */
export async function allCommands(): Promise<readonly Command[]> {
  const { kindCommands } = await import('./kind-commands.ts');
  const [webhook, ...others] = ownCommands;
  return [webhook!, ...kindCommands, ...others];
}

interface ReferenceCommand<Entry> extends Pick<Command, 'name' | 'usage' | 'summary'> {
  readonly reference: () => Promise<Reference<Entry>>;
}

/** A command that prints a reference, or the entries that its one operand names. */
function referenceCommand<Entry>({ reference, ...command }: ReferenceCommand<Entry>): Command {
  return {
    ...command,
    flags: async () => [['Flags', (await import('../contract/reference.ts')).referenceFlags]],
    operands: async () => (await reference()).words,
    run: async (args, io) => {
      const { printReference } = await import('./commands/print-reference.ts');
      return printReference(await reference(), args, io);
    },
  };
}
