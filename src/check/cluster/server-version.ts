import type { Context } from '../finding/check.ts';
import { error, type Read } from '../finding/finding.ts';
import { get } from './reading.ts';

/** `matchConditions` are on by default since 1.28 and stable in 1.30. (KEP-3716) */
export const matchConditionsMinor = 28;

export interface ServerVersion {
  readonly gitVersion: string;
  readonly minor: number;
}

/** The version of the API server. The finding of a failure names the phase that failed: DNS, TCP, TLS or HTTP. */
export async function readVersion(context: Context): Promise<Read<ServerVersion>> {
  const answer = await get<{ readonly gitVersion?: string }>(context.kube, '/version');
  if (!answer.ok) {
    const { code, message } = answer.problem;
    const where = `the API server ${context.kube.server}`;
    if (code === 'unreachable') return { ok: false, problem: error(`${where} does not answer: ${message}`) };
    const asWhom = code === 'unauthorized' ? ' rejects your credentials; renew them' : ' answers with an error';
    return { ok: false, problem: error(`${where}${asWhom}: ${message}`) };
  }
  const gitVersion = answer.value.gitVersion ?? '';
  const minor = minorOf(gitVersion);
  if (minor !== undefined) return { ok: true, value: { gitVersion, minor } };
  return { ok: false, problem: error(`${context.kube.server} is not a Kubernetes API server`) };
}

/** `35` of `v1.35.4+k3s1`. */
export function minorOf(version: string): number | undefined {
  const [, minor] = /^v?1\.(\d+)/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}
