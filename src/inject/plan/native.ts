import type { Setting } from '../../contract/annotation.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { Facts } from '../pod/namespace-facts.ts';
import type { InjectSettings } from '../request/settings.ts';

/** Kubernetes 1.29 has native sidecars on by default (KEP-753). */
export const nativeMinor = 29;
/** Before 1.32 Services do not find named ports of native sidecars (kubernetes#127976). */
const namedPortMinor = 32;

const { key } = sidecarAnnotations.native;

export interface NativeDecision {
  readonly native: boolean;
  readonly reasons: readonly Reason[];
}

/**
 * Whether our containers are native sidecars, or plain containers at the end of the list.
 *
 * | annotation | settings | oldest kubelet     | takes a port's name over | native              |
 * | ---------- | -------- | ------------------ | ------------------------ | ------------------- |
 * | true       | any      | any                | any                      | yes, with a warning |
 * | false      | any      | any                | any                      | no                  |
 * | auto       | true     | any                | any                      | yes, with a warning |
 * | auto       | false    | any                | any                      | no                  |
 * | auto       | auto     | unknown            | any                      | yes                 |
 * | auto       | auto     | below 1.29         | any                      | no                  |
 * | auto       | auto     | 1.29 to 1.31       | yes                      | no                  |
 * | auto       | auto     | 1.29 to 1.31       | no                       | yes                 |
 * | auto       | auto     | 1.32 and newer     | any                      | yes                 |
 *
 * The warning is given where a kubelet is known to be too old for what was said.
 */
export function decideNative(
  asked: Setting<'auto' | 'true' | 'false'>,
  takesName: boolean,
  kubelets: Facts['kubelets'],
  settings: Pick<InjectSettings, 'nativeSidecars' | 'kubernetesVersion'>,
): NativeDecision {
  const word = asked.value === 'auto' ? settings.nativeSidecars : asked.value;
  if (word === 'false') return { native: false, reasons: [] };
  const oldest = oldestMinor(kubelets) ?? oldestMinor([settings.kubernetesVersion ?? '']);
  const needed = takesName ? namedPortMinor : nativeMinor;
  if (oldest === undefined || oldest >= needed) return { native: true, reasons: [] };
  const detail = `the oldest kubelet is 1.${oldest}`;
  if (word === 'true') return { native: true, reasons: [reason('native_unsupported', key, detail)] };
  const code = oldest < nativeMinor ? 'classic_old_kubelet' : 'classic_named_port';
  return { native: false, reasons: [reason(code, key, detail)] };
}

/** The minor of the oldest version; what is no Kubernetes version (a simulated node's) is left out. */
function oldestMinor(versions: readonly string[] | null): number | undefined {
  const minors = (versions ?? []).flatMap((version) => {
    const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
    return major === undefined ? [] : [major === '1' ? Number(minor) : Number.POSITIVE_INFINITY];
  });
  return minors.length === 0 ? undefined : minors.reduce((a, b) => Math.min(a, b));
}
