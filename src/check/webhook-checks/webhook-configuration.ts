import { label } from '../../contract/names.ts';
import { type Installation, isForPods, readInstallation, type WebhookEntry } from '../cluster/installation.ts';
import { selects } from '../cluster/label-selector.ts';
import { matchConditionsMinor, readVersion } from '../cluster/server-version.ts';
import type { Check } from '../finding/check.ts';
import { error, type Finding, ok, warning } from '../finding/finding.ts';

/** Seconds. The webhook never takes longer, and the creation of a pod can hang for so long. */
const longestTimeoutSeconds = 10;

export const webhookConfiguration: Check = {
  id: 'webhook.configuration',
  title: 'the webhook is registered for the right pods',
  category: 'webhook',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const [installed, version] = [await context.once(readInstallation), await context.once(readVersion)];
    if (!installed.ok) return installed.problem;
    const minor = version.ok ? version.value.minor : matchConditionsMinor;
    return judgeConfiguration(installed.value, minor >= matchConditionsMinor);
  },
};

/** @param conditions whether the API server knows `matchConditions` */
function judgeConfiguration({ mutating, more, former, pods, required }: Installation, conditions: boolean): Finding {
  const { name } = mutating.metadata;
  const findings = mutating.entries.flatMap((entry) => entryFindings(entry, conditions));
  if (more.length > 0) {
    findings.push(
      warning(`metrics-sidecar is installed more than once (${namesOf(more)}): uninstall all releases but one`),
    );
  }
  if (former.length > 0) {
    findings.push(
      warning(`${namesOf(former)} calls the same webhook, so each pod is reviewed twice: run helm upgrade once more`),
    );
  }
  if (findings.length === 0) {
    const entries = mutating.entries.map((entry) => entry.name).join(', ');
    return ok(`${name}: ${entries}; failurePolicy ${policyOf(pods, required)}`);
  }
  const worst = findings.find(({ result }) => result === 'error') ?? findings[0]!;
  const rest = findings.filter((one) => one !== worst).map(({ message }) => message);
  return { ...worst, message: `MutatingWebhookConfiguration ${name}: ${worst.message}`, details: rest };
}

const namesOf = (configurations: Installation['more']) =>
  configurations.map(({ metadata }) => metadata.name).join(', ');

/** The policy for pods that ask, and the one for required pods where it is another. */
function policyOf({ failurePolicy = 'Fail' }: WebhookEntry, required: WebhookEntry | undefined): string {
  const other = required?.failurePolicy ?? (required === undefined ? failurePolicy : 'Fail');
  return other === failurePolicy ? failurePolicy : `${failurePolicy}, of required pods ${other}`;
}

function entryFindings(entry: WebhookEntry, conditions: boolean): Finding[] {
  const {
    name,
    failurePolicy = 'Fail',
    matchConditions = [],
    sideEffects,
    reinvocationPolicy,
    timeoutSeconds = 10,
  } = entry;
  const findings: Finding[] = [];
  const forPods = isForPods(entry);
  const mayBlock = failurePolicy === 'Fail' && matchConditions.length === 0;
  if (forPods && mayBlock && selectsNamespace(entry, 'kube-system')) {
    findings.push(
      error(
        `${name} has failurePolicy Fail, no matchConditions, and selects kube-system: while the webhook is down, the ` +
          'cluster cannot heal itself; set failurePolicy to Ignore',
      ),
    );
  } else if (forPods && mayBlock) {
    findings.push(
      warning(
        `${name} has failurePolicy Fail and no matchConditions: while the webhook is down, no pod can be created; ` +
          'set failurePolicy to Ignore',
      ),
    );
  } else if (forPods && matchConditions.length === 0 && conditions && selectsUnlabelled(entry)) {
    findings.push(
      warning(`${name} has no matchConditions, so the API server calls the webhook for every pod: upgrade the chart`),
    );
  }
  const own = entry.clientConfig.service?.namespace;
  if (forPods && failurePolicy === 'Fail' && own !== undefined && selectsNamespace(entry, own)) {
    findings.push(
      warning(
        `${name} has failurePolicy Fail and selects its own namespace ${own}: exclude it, or the webhook may wait ` +
          'for itself',
      ),
    );
  }
  if (sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    findings.push(
      warning(`${name} declares sideEffects ${sideEffects}: dry runs of pods are refused; upgrade the chart`),
    );
  }
  if (forPods && reinvocationPolicy !== 'IfNeeded') {
    findings.push(
      warning(`${name} has reinvocationPolicy Never: it does not see the changes of later webhooks; set IfNeeded`),
    );
  }
  if (timeoutSeconds > longestTimeoutSeconds) {
    findings.push(warning(`${name} waits ${timeoutSeconds} s for the webhook: set timeoutSeconds to 5`));
  }
  return findings;
}

/** Whether an entry selects a namespace that has our label. */
function selectsNamespace({ namespaceSelector = {} }: WebhookEntry, namespace: string): boolean {
  return selects(namespaceSelector, { 'kubernetes.io/metadata.name': namespace, [label.namespaceInject]: '' });
}

function selectsUnlabelled({ namespaceSelector = {} }: WebhookEntry): boolean {
  return selects(namespaceSelector, { 'kubernetes.io/metadata.name': 'default' });
}
