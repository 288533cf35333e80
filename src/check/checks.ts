import { certificateStyles, discoveryStyles } from './checks/discovery-styles.ts';
import {
  installConflict,
  installOtherWebhooks,
  installPermissions,
  installPodSecurity,
} from './checks/install-checks.ts';
import { kubernetesMatchConditions } from './checks/kubernetes-match-conditions.ts';
import { kubernetesNativeSidecars } from './checks/kubernetes-native-sidecars.ts';
import { kubernetesReachable } from './checks/kubernetes-reachable.ts';
import { kubernetesVersion } from './checks/kubernetes-version.ts';
import { prometheusTargets } from './checks/prometheus-targets.ts';
import { rbacSelf } from './checks/rbac-self.ts';
import { selectorsEmpty } from './checks/selectors-empty.ts';
import { servicesRoute } from './checks/services-route.ts';
import { sidecarsOutdated } from './checks/sidecars-outdated.ts';
import { workloadsWrongLevel } from './checks/workloads-wrong-level.ts';
import type { Check } from './finding/check.ts';
import { certManager } from './webhook-checks/cert-manager.ts';
import { webhookCaBundle } from './webhook-checks/webhook-ca-bundle.ts';
import { webhookCertificate } from './webhook-checks/webhook-certificate.ts';
import { webhookClientCa } from './webhook-checks/webhook-client-ca.ts';
import { webhookConfiguration } from './webhook-checks/webhook-configuration.ts';
import { webhookInjects } from './webhook-checks/webhook-injects.ts';
import { webhookMissed } from './webhook-checks/webhook-missed.ts';
import { webhookRbac } from './webhook-checks/webhook-rbac.ts';
import { webhookReachable } from './webhook-checks/webhook-reachable.ts';
import { webhookEndpoints, webhookService } from './webhook-checks/webhook-service.ts';
import { webhookVersion } from './webhook-checks/webhook-version.ts';

/** The checks before an installation, in their order. */
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

/** The checks of an installation, in their order. */
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
  servicesRoute,
  prometheusTargets,
];
