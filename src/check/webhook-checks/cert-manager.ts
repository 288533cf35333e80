import { readGroup } from '../cluster/api-groups.ts';
import { readInstallation } from '../cluster/installation.ts';
import { get } from '../cluster/reading.ts';
import type { Check } from '../finding/check.ts';
import { error, ok, skipped, unread } from '../finding/finding.ts';

const injectFrom = 'cert-manager.io/inject-ca-from';

interface Certificate {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

export const certManager: Check = {
  id: 'certificates.cert-manager',
  title: 'cert-manager has issued the certificate',
  category: 'webhook',
  needs: ['webhook.configuration'],
  async run(context) {
    const installed = await context.once(readInstallation);
    if (!installed.ok) return installed.problem;
    const source = installed.value.mutating.metadata.annotations?.[injectFrom];
    if (source === undefined) return skipped('the certificate is not from cert-manager');
    const group = await readGroup(context, 'cert-manager.io');
    if (!group.ok) return group.problem;
    if (!group.value.includes('v1')) {
      return error(
        `the certificate comes from cert-manager (${injectFrom}: ${source}), which is not in the cluster: install ` +
          'cert-manager, or set certificates.mode to auto',
      );
    }
    const [namespace, name] = source.split('/') as [string, string];
    const path = `/apis/cert-manager.io/v1/namespaces/${namespace}/certificates/${name}`;
    const answer = await get<Certificate>(context.kube, path);
    if (!answer.ok && answer.problem.code === 'not_found') {
      return error(`Certificate ${source}, from which cert-manager issues, does not exist: upgrade the chart`);
    }
    if (!answer.ok) return unread(answer.problem, `read Certificate ${source}`);
    const ready = answer.value.status?.conditions?.find(({ type }) => type === 'Ready');
    if (ready?.status === 'True') return ok(`Certificate ${source} is ready`);
    return error(
      `Certificate ${source} is not ready: ${ready?.message ?? 'cert-manager gives no reason; see its log'}`,
    );
  },
};
