import { kinds } from '../contract/names.ts';
import type { FlagTable } from '../flags/flag.ts';
import type { Io } from './io.ts';

/** A command of the program. Its code is loaded when it runs, so that a sidecar holds nothing of the webhook. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Groups of flags for help and docs, each under its title. */
  readonly flags: () => Promise<readonly (readonly [title: string, table: FlagTable])[]>;
  /** @returns the exit code. `args` is what follows the command's name; a sidecar gets the whole command line. */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

const summaries = {
  statsd: 'Take statsd and DogStatsD lines and serve them as Prometheus metrics.',
  ingest: 'Take pushed metrics of many processes and serve them as one application.',
  'port-monitor': 'Serve the local port use of the network namespace.',
  haproxy: "Serve HAProxy's metrics.",
} as const;

const sidecars: Command[] = kinds.map((kind) => ({
  name: kind,
  usage: `metrics-sidecar [SHARED FLAGS] ${kind} [FLAGS] [+ KIND [FLAGS]]...`,
  summary: summaries[kind],
  flags: async () => {
    const [{ kindFlags }, { sidecarFlags }] = await Promise.all([
      import('../contract/command.ts'),
      import('../contract/sidecar.ts'),
    ]);
    return [
      [`Flags of ${kind}`, kindFlags[kind]],
      ['Shared flags', sidecarFlags],
    ] as const;
  },
  run: async (args, io) => (await import('./sidecar.ts')).runSidecar(args, io),
}));

export const commands: readonly Command[] = [
  {
    name: 'webhook',
    usage: 'metrics-sidecar webhook [FLAGS]',
    summary: 'Serve the admission webhook that injects the sidecar.',
    flags: async () => [['Flags', (await import('../contract/webhook.ts')).webhookFlags]],
    run: async (args, io) => (await import('./webhook.ts')).runWebhook(args, io),
  },
  ...sidecars,
  {
    name: 'haproxy-config',
    usage: 'metrics-sidecar haproxy-config [FLAGS]',
    summary: "Write HAProxy's configuration and end; runs before HAProxy starts.",
    flags: async () => [['Flags', (await import('../contract/haproxy.ts')).haproxyFlags]],
    run: async (args, io) => (await import('./haproxy-config.ts')).runHaproxyConfig(args, io),
  },
  {
    name: 'check',
    usage: 'metrics-sidecar check [--pre] [FLAGS]',
    summary: 'Check an installation in a cluster, or whether there can be one (--pre).',
    flags: async () => [['Flags', (await import('../contract/check.ts')).checkFlags]],
    run: async (args, io) => (await import('./check.ts')).runCheck(args, io),
  },
  {
    name: 'list',
    usage: 'metrics-sidecar list [FLAGS]',
    summary: 'List the injected pods of a cluster, or those that were missed (--missed).',
    flags: async () => [['Flags', (await import('../contract/check.ts')).listFlags]],
    run: async (args, io) => (await import('./list.ts')).runList(args, io),
  },
  {
    name: 'scrape-config',
    usage: 'metrics-sidecar scrape-config [FLAGS]',
    summary: 'Print the scrape jobs for a Prometheus without the operator.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).scrapeConfigFlags]],
    run: async (args, io) => (await import('./scrape-config.ts')).runScrapeConfig(args, io),
  },
  {
    name: 'dashboards',
    usage: 'metrics-sidecar dashboards [NAME] [FLAGS]',
    summary: 'List the Grafana dashboards, print one, or write them into a directory.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).dashboardsFlags]],
    run: async (args, io) => (await import('./dashboards.ts')).runDashboards(args, io),
  },
  {
    name: 'alerts',
    usage: 'metrics-sidecar alerts [FLAGS]',
    summary: 'Print the alerts, as a rules file or as a PrometheusRule.',
    flags: async () => [['Flags', (await import('../contract/monitoring.ts')).alertsFlags]],
    run: async (args, io) => (await import('./alerts.ts')).runAlerts(args, io),
  },
  {
    name: 'validate',
    usage: 'metrics-sidecar validate [FLAGS] FILE...',
    summary: 'Check mapping files of statsd; - is standard input.',
    flags: async () => [['Flags', (await import('../contract/validate.ts')).validateFlags]],
    run: async (args, io) => (await import('./validate.ts')).runValidate(args, io),
  },
  {
    name: 'version',
    usage: 'metrics-sidecar version',
    summary: 'Print the version.',
    flags: async () => [],
    run: async (_, io) => {
      const { version } = await import('./version.ts');
      io.out.write(`metrics-sidecar ${version}\n`);
      return 0;
    },
  },
];
