import { connect } from 'node:net';
import { must, type Pod } from './kubectl.ts';
import { run } from './program.ts';

/** As a sentence in the log, or as an error where nothing may be skipped. */
export function skipping(what: string, missing: string): string {
  if (missing === '') return '';
  if (process.env.CI !== undefined) throw new Error(`${what}: ${missing}`);
  console.error(`\n${what} SKIPPED: ${missing}\n`);
  return missing;
}

/**
 * What the tests of discovery lack on this machine, or the empty string: the agents run here, beside the cluster, and
 * scrape pods at their own addresses.
 */
export async function missingForDiscovery(): Promise<string> {
  for (const program of ['prometheus', 'promtool', 'vmagent']) {
    const { code, err } = await run(program, ['--version']);
    if (code !== 0) return `${program} does not run: ${err.trim().split('\n').at(-1)}`;
  }
  const { out } = await must([
    'get',
    'pods',
    '--all-namespaces',
    '--field-selector=status.phase=Running',
    '-o',
    'json',
  ]);
  const listening = (JSON.parse(out) as { items: ListeningPod[] }).items.flatMap(({ spec, status }) => {
    const port = spec.containers.flatMap(({ ports = [] }) => ports).find(({ protocol = 'TCP' }) => protocol === 'TCP');
    return spec.hostNetwork || port === undefined ? [] : [{ host: status.podIP, port: port.containerPort }];
  });
  const answers = await Promise.all(listening.map(reaches));
  if (answers.some((answer) => answer)) return '';
  return `no pod answers at its own address (${listening.map(({ host }) => host).join(', ')}); a route to the pods helps`;
}

interface ListeningPod {
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly containers: readonly { readonly ports?: readonly { containerPort: number; protocol?: string }[] }[];
  };
  readonly status: Pod['status'] & { readonly podIP: string };
}

function reaches(address: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: 3000 });
    const answer = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => answer(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => answer(false));
  });
}
