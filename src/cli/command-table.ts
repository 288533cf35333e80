import type { Reference } from '../reference/reference.ts';
import type { Command } from './arguments/command-definition.ts';
import { runVersion } from './commands/version-command.ts';

/** The commands beside the kinds. */
export const ownCommands: readonly Command[] = [
  {
    name: 'webhook',
    usage: 'metrics-sidecar webhook [FLAGS]',
    summary: 'Serve the admission webhook that injects the sidecar.',
    flags: async () => [['Flags', (await import('../contract/webhook.ts')).webhookFlags]],
    run: async (args, io) => (await import('./commands/webhook-command.ts')).runWebhook(args, io),
  },
  {
    name: 'haproxy-config',
    usage: 'metrics-sidecar haproxy-config [FLAGS]',
    summary: "Write HAProxy's configuration and end; runs before HAProxy starts.",
    flags: async () => [['Flags', (await import('../contract/haproxy.ts')).haproxyFlags]],
    run: async (args, io) => (await import('./commands/haproxy-config-command.ts')).runHaproxyConfig(args, io),
  },
  {
    name: 'check',
    usage: 'metrics-sidecar check [--pre] [FLAGS]',
    summary: 'Check an installation in a cluster, or whether a cluster is ready for one (--pre).',
    flags: async () => [['Flags', (await import('../contract/cluster-commands.ts')).checkFlags]],
    run: async (args, io) => (await import('./commands/check-command.ts')).runCheck(args, io),
  },
  {
    name: 'list',
    usage: 'metrics-sidecar list [FLAGS]',
    summary: 'List the injected pods of a cluster, or those that were missed (--missed).',
    flags: async () => [['Flags', (await import('../contract/cluster-commands.ts')).listFlags]],
    run: async (args, io) => (await import('./commands/list-command.ts')).runList(args, io),
  },
  {
    name: 'renew',
    usage: 'metrics-sidecar renew --namespace NAME|--all [FLAGS]',
    summary: 'Restart the workloads whose pods have outdated sidecars, within a budget of unavailable pods.',
    flags: async () => [['Flags', (await import('../contract/cluster-commands.ts')).renewFlags]],
    run: async (args, io) => (await import('./commands/renew-command.ts')).runRenew(args, io),
  },
  {
    name: 'scrape-config',
    usage: 'metrics-sidecar scrape-config [FLAGS]',
    summary: 'Print the scrape jobs for a Prometheus without the operator.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).scrapeConfigFlags]],
    run: async (args, io) => (await import('./commands/scrape-config-command.ts')).runScrapeConfig(args, io),
  },
  {
    name: 'dashboards',
    usage: 'metrics-sidecar dashboards [NAME] [FLAGS]',
    summary: 'List the Grafana dashboards, print one, or write them into a directory.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).dashboardsFlags]],
    operands: async () =>
      (await (await import('../monitoring/all-dashboards.ts')).allDashboards()).map(({ name }) => name),
    run: async (args, io) => (await import('./commands/dashboards-command.ts')).runDashboards(args, io),
  },
  {
    name: 'alerts',
    usage: 'metrics-sidecar alerts [FLAGS]',
    summary: 'Print the alerts, as a rules file or as a PrometheusRule.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).alertsFlags]],
    run: async (args, io) => (await import('./commands/alerts-command.ts')).runAlerts(args, io),
  },
  {
    name: 'inject',
    usage: 'metrics-sidecar inject [FLAGS] [FILE|FOLDER|-]...',
    summary: 'Inject the sidecar into manifests, as the webhook does into pods; without a file, into standard input.',
    flags: async () => [['Flags', (await import('../contract/offline.ts')).injectFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./manifests/inject-command.ts')).runInject(args, io),
  },
  {
    name: 'uninject',
    usage: 'metrics-sidecar uninject [FLAGS] [FILE|FOLDER|-]...',
    summary: 'Remove from manifests everything that inject added.',
    flags: async () => [['Flags', (await import('../contract/offline.ts')).uninjectFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./manifests/uninject-command.ts')).runUninject(args, io),
  },
  {
    name: 'explain',
    usage: 'metrics-sidecar explain [FLAGS] [FILE|FOLDER|-]...',
    summary: 'Explain the decisions about the pods in manifests; or one annotation, or one reason.',
    flags: async () => [['Flags', (await import('../contract/offline.ts')).explainFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./manifests/explain-command.ts')).runExplain(args, io),
  },
  {
    name: 'lint',
    usage: 'metrics-sidecar lint [FLAGS] [FILE|FOLDER|-]...',
    summary: 'Find problems in manifests, each with its line and advice.',
    flags: async () => [['Flags', (await import('../contract/offline.ts')).lintFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./manifests/lint-command.ts')).runLint(args, io),
  },
  {
    name: 'validate',
    usage: 'metrics-sidecar validate [FLAGS] FILE...',
    summary: 'Check mapping files of statsd; - is standard input.',
    flags: async () => [['Flags', (await import('../contract/validate.ts')).validateFlags]],
    operands: async () => 'file',
    run: async (args, io) => (await import('./commands/validate-command.ts')).runValidate(args, io),
  },
  {
    name: 'map',
    usage: 'metrics-sidecar map [FLAGS] [LINE...|-]',
    summary:
      'Show the metrics of statsd lines and the mapping rules that match; without a line, of the lines on standard input.',
    flags: async () => [['Flags', (await import('../contract/map.ts')).mapFlags]],
    run: async (args, io) => (await import('./commands/map-command.ts')).runMap(args, io),
  },
  referenceCommand({
    name: 'annotations',
    usage: 'metrics-sidecar annotations [KEY] [FLAGS]',
    summary: 'List the annotations, or show all details of one.',
    reference: async () => (await import('../reference/annotations.ts')).annotationReference,
  }),
  referenceCommand({
    name: 'reasons',
    usage: 'metrics-sidecar reasons [CODE] [FLAGS]',
    summary: 'List the reasons of decisions with advice, or show all details of one.',
    reference: async () => (await import('../reference/reasons.ts')).reasonReference,
  }),
  referenceCommand({
    name: 'metrics',
    usage: 'metrics-sidecar metrics [PATTERN] [FLAGS]',
    summary: 'List the metrics of the program itself, those that match a pattern, or show all details of one.',
    reference: async () => (await import('../reference/metrics.ts')).metricReference(),
  }),
  {
    name: 'completion',
    usage: 'metrics-sidecar completion SHELL',
    summary: 'Print the completion script for bash, zsh or fish.',
    flags: async () => [],
    operands: async () => (await import('../contract/reference.ts')).shells,
    run: async (args, io) =>
      (await import('./commands/completion-command.ts')).runCompletion(await allCommands(), args, io),
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
    summary: 'List the commands, or show the usage and the flags of one.',
    flags: async () => [],
    operands: async () => (await allCommands()).map(({ name }) => name).filter((name) => name !== 'help'),
    run: async (args, io) => (await import('./commands/help-command.ts')).runHelp(await allCommands(), args, io),
  },
];

/**
 * All commands in the order of help, the kinds behind the webhook. They are loaded where a person asks for them alone.
 */
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
