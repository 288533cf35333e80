import { readVersion } from '../../check/cluster/server-version.ts';
import { type Context, contextOf } from '../../check/finding/check.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';

interface Connection {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly namespace: string | undefined;
}

/** Runs a command against the cluster that its flags name, once the API server answers; returns the exit code. */
export async function withCluster(
  command: string,
  { kubeconfig, context, namespace = 'default' }: Connection,
  io: Io,
  run: (context: Context) => Promise<number>,
): Promise<number> {
  const { connect } = await import('../../kube/connection/connect.ts');
  const connected = await connect({ kubeconfig, context, env: io.env });
  if (!connected.ok) return fail(io, command, exit.input, [connected.problem]);
  try {
    const cluster = contextOf(connected.kube, {
      namespace,
      releaseNamespace: '',
      prometheus: undefined,
      version,
      now: io.now,
    });
    const reached = await cluster.once(readVersion);
    if (!reached.ok) return fail(io, command, exit.unreachable, [reached.problem.message]);
    return await run(cluster);
  } finally {
    connected.kube.close();
  }
}
