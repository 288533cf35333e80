import { readMissedIn } from '../../check/cluster/missed-pods.ts';
import { readSidecars } from '../../check/cluster/sidecar-list.ts';
import type { Context } from '../../check/finding/check.ts';
import type { Read } from '../../check/finding/finding.ts';
import { listJson, missedTable, sidecarTable } from '../../check/report/list-report.ts';
import { type ListSettings, listFlags } from '../../contract/cluster-commands.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { withCluster } from './with-cluster.ts';

/** `metrics-sidecar list`: which pods are injected, or, with `--missed`, which are not although they ask. */
export async function runList(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(listFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'list', exit.usage, parsed.problems, true);
  const { settings } = parsed;
  if (settings.allNamespaces && settings.namespace !== undefined) {
    return fail(io, 'list', exit.usage, ['--all-namespaces: not together with --namespace'], true);
  }
  return withCluster('list', settings, io, async (context) => {
    const listed = await textOfList(context, settings);
    if (!listed.ok) return fail(io, 'list', exit.input, [listed.problem.message]);
    io.out.write(listed.value);
    return exit.ok;
  });
}

async function textOfList(context: Context, { namespace, missed, output }: ListSettings): Promise<Read<string>> {
  if (missed) {
    const pods = await readMissedIn(context, namespace);
    if (!pods.ok) return pods;
    return { ok: true, value: output === 'json' ? listJson('missed', pods.value) : missedTable(pods.value) };
  }
  const pods = await readSidecars(context, namespace);
  if (!pods.ok) return pods;
  return { ok: true, value: output === 'json' ? listJson('sidecars', pods.value) : sidecarTable(pods.value) };
}
