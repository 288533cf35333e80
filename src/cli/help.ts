import { helpLines } from '../flags/help.ts';
import { type Command, commands } from './commands.ts';

export function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'metrics-sidecar: annotate a Kubernetes pod, get a Prometheus endpoint.',
    '',
    'Usage: metrics-sidecar COMMAND [FLAGS]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Kinds run together in one process behind one page, joined by "+":',
    '  metrics-sidecar statsd --statsd.listen-udp=:8125 + ingest + port-monitor',
    '',
    'metrics-sidecar COMMAND --help shows the flags of a command.',
    'Exit codes: 0 ok, 1 findings, 2 wrong command line, 3 an input that could not be used, 4 no answer of the cluster.',
    '',
  ].join('\n');
}

export async function helpOf(command: Command): Promise<string> {
  const groups = await command.flags();
  return [
    command.summary,
    '',
    `Usage: ${command.usage}`,
    ...groups.flatMap(([title, table]) => ['', `${title}:`, ...helpLines(table)]),
    '',
  ].join('\n');
}
