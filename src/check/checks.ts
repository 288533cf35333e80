import { certManager } from './cert-manager.ts';
import type { Check } from './check.ts';
import { certificateStyles, discoveryStyles } from './discovery-styles.ts';
import { installConflict, installOtherWebhooks, installPermissions, installPodSecurity } from './install-checks.ts';
import { kubernetesMatchConditions } from './kubernetes-match-conditions.ts';
import { kubernetesNativeSidecars } from './kubernetes-native-sidecars.ts';
import { kubernetesReachable } from './kubernetes-reachable.ts';
import { kubernetesVersion } from './kubernetes-version.ts';
import { prometheusTargets } from './prometheus-targets.ts';
import { rbacSelf } from './rbac-self.ts';
import { selectorsEmpty } from './selectors-empty.ts';
import { sidecarsOutdated } from './sidecars-outdated.ts';
import { webhookCaBundle } from './webhook-ca-bundle.ts';
import { webhookCertificate } from './webhook-certificate.ts';
import { webhookClientCa } from './webhook-client-ca.ts';
import { webhookConfiguration } from './webhook-configuration.ts';
import { webhookInjects } from './webhook-injects.ts';
import { webhookMissed } from './webhook-missed.ts';
import { webhookRbac } from './webhook-rbac.ts';
import { webhookReachable } from './webhook-reachable.ts';
import { webhookEndpoints, webhookService } from './webhook-service.ts';
import { webhookVersion } from './webhook-version.ts';
import { workloadsWrongLevel } from './workloads-wrong-level.ts';

/** Before an installation, in the order in which they run. */
export const preChecks: readonly Check[] = [
  kubernetesReachable,
  kubernetesVersion,
  kubernetesMatchConditions,
  kubernetesNativeSidecars,
  installPermissions,
  installPodSecurity,
  installConflict,
  installOtherWebhooks,
  certificateStyles,
  discoveryStyles,
];

/** After it. */
export const installedChecks: readonly Check[] = [
  kubernetesReachable,
  kubernetesVersion,
  rbacSelf,
  webhookConfiguration,
  webhookService,
  webhookEndpoints,
  webhookReachable,
  certManager,
  webhookCertificate,
  webhookCaBundle,
  webhookRbac,
  webhookVersion,
  webhookInjects,
  webhookClientCa,
  webhookMissed,
  workloadsWrongLevel,
  sidecarsOutdated,
  selectorsEmpty,
  prometheusTargets,
];

/** Every check once. */
export const allChecks: readonly Check[] = [...new Set([...preChecks, ...installedChecks])];
