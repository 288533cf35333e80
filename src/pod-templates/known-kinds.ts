/** The steps from an object to a pod template; `*` stands for all of a map or list. */
export type TemplateSteps = readonly string[];

/** A kind of custom resource whose controller makes pods of the templates in it. */
export interface KnownKind {
  readonly templates: readonly TemplateSteps[];
  /** Why the API server refuses an injected template of this kind; absent: nothing is known that would. */
  readonly refuses?: string;
}

const kubeflowReplicas = {
  TFJob: 'tfReplicaSpecs',
  PyTorchJob: 'pytorchReplicaSpecs',
  MPIJob: 'mpiReplicaSpecs',
  XGBoostJob: 'xgbReplicaSpecs',
  PaddleJob: 'paddleReplicaSpecs',
  MXJob: 'mxReplicaSpecs',
  JAXJob: 'jaxReplicaSpecs',
};

const ray = (at: string) => [`${at}.headGroupSpec.template`, `${at}.workerGroupSpecs.*.template`];

/**
 * Paths of pod templates by group and kind, after the types of each project: Argo Rollouts
 * `pkg/apis/rollouts/v1alpha1`, Knative Serving `pkg/apis/serving/v1`, OpenKruise `apis/apps/v1alpha1`, Kubeflow's
 * training-operator `pkg/apis/kubeflow.org/v1`, Volcano `pkg/apis/batch/v1alpha1`, JobSet and LeaderWorkerSet `api`,
 * KubeRay `ray-operator/apis/ray/v1`, Spark operator `api/v1beta2`, Flink operator `spec/FlinkDeploymentSpec`, KEDA
 * `apis/keda/v1alpha1`, Agones `pkg/apis/agones/v1`, actions-runner-controller `apis/actions.github.com/v1alpha1`,
 * OpenShift `apps/v1`.
 */
const paths: Readonly<Record<string, readonly string[]>> = {
  'argoproj.io/Rollout': ['spec.template'],
  'argoproj.io/Experiment': ['spec.templates.*.template'],
  'argoproj.io/AnalysisTemplate': ['spec.metrics.*.provider.job.spec.template'],
  'argoproj.io/ClusterAnalysisTemplate': ['spec.metrics.*.provider.job.spec.template'],
  'serving.knative.dev/Service': ['spec.template'],
  'serving.knative.dev/Configuration': ['spec.template'],
  'apps.kruise.io/CloneSet': ['spec.template'],
  'apps.kruise.io/StatefulSet': ['spec.template'],
  'apps.kruise.io/DaemonSet': ['spec.template'],
  'apps.kruise.io/BroadcastJob': ['spec.template'],
  'apps.kruise.io/AdvancedCronJob': [
    'spec.template.jobTemplate.spec.template',
    'spec.template.broadcastJobTemplate.spec.template',
  ],
  'apps.kruise.io/UnitedDeployment': [
    ...['statefulSetTemplate', 'advancedStatefulSetTemplate', 'cloneSetTemplate', 'deploymentTemplate'],
  ].map((one) => `spec.template.${one}.spec.template`),
  ...Object.fromEntries(
    Object.entries(kubeflowReplicas).map(([kind, field]) => [`kubeflow.org/${kind}`, [`spec.${field}.*.template`]]),
  ),
  'kubeflow.org/Notebook': ['spec.template'],
  'batch.volcano.sh/Job': ['spec.tasks.*.template'],
  'flow.volcano.sh/JobTemplate': ['spec.tasks.*.template'],
  'jobset.x-k8s.io/JobSet': ['spec.replicatedJobs.*.template.spec.template'],
  'trainer.kubeflow.org/TrainingRuntime': ['spec.template.spec.replicatedJobs.*.template.spec.template'],
  'trainer.kubeflow.org/ClusterTrainingRuntime': ['spec.template.spec.replicatedJobs.*.template.spec.template'],
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': [
    'spec.leaderWorkerTemplate.leaderTemplate',
    'spec.leaderWorkerTemplate.workerTemplate',
  ],
  'ray.io/RayCluster': ray('spec'),
  'ray.io/RayJob': [...ray('spec.rayClusterSpec'), 'spec.submitterPodTemplate'],
  'ray.io/RayService': ray('spec.rayClusterConfig'),
  'sparkoperator.k8s.io/SparkApplication': ['spec.driver.template', 'spec.executor.template'],
  'sparkoperator.k8s.io/ScheduledSparkApplication': [
    'spec.template.driver.template',
    'spec.template.executor.template',
  ],
  'flink.apache.org/FlinkDeployment': [
    'spec.podTemplate',
    'spec.jobManager.podTemplate',
    'spec.taskManager.podTemplate',
  ],
  'keda.sh/ScaledJob': ['spec.jobTargetRef.template'],
  'agones.dev/GameServer': ['spec.template'],
  'agones.dev/GameServerSet': ['spec.template.spec.template'],
  'agones.dev/Fleet': ['spec.template.spec.template'],
  'actions.github.com/AutoscalingRunnerSet': ['spec.template'],
  'actions.github.com/EphemeralRunnerSet': ['spec.ephemeralRunnerSpec'],
  'apps.openshift.io/DeploymentConfig': ['spec.template'],
};

const refusals: Readonly<Record<string, string>> = {
  'serving.knative.dev/Service': 'Knative refuses templates with init containers that go on',
  'serving.knative.dev/Configuration': 'Knative refuses templates with init containers that go on',
};

const knownKinds: ReadonlyMap<string, KnownKind> = new Map(
  Object.entries(paths).map(([id, all]) => {
    const refuses = refusals[id];
    return [id, { templates: all.map((path) => path.split('.')), ...(refuses !== undefined && { refuses }) }];
  }),
);

export function knownKind(group: string, kind: string): KnownKind | undefined {
  return knownKinds.get(`${group}/${kind}`);
}

/**
 * Kinds whose own annotations are copied to their pods: Tekton's controller and KServe's pass them on, so nothing is
 * wrong with an annotation of ours there.
 */
const passingOn: ReadonlySet<string> = new Set([
  ...['Task', 'TaskRun', 'Pipeline', 'PipelineRun', 'ClusterTask'].map((kind) => `tekton.dev/${kind}`),
  'serving.kserve.io/InferenceService',
]);

export function passesAnnotationsOn(group: string, kind: string): boolean {
  return passingOn.has(`${group}/${kind}`);
}

/** Groups whose objects describe other objects: charts and their values, patches, policies, schemas. */
const describing: ReadonlySet<string> = new Set([
  ...['kustomize.config.k8s.io', 'kustomize.toolkit.fluxcd.io', 'helm.toolkit.fluxcd.io', 'helm.cattle.io'],
  ...['apiextensions.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.crossplane.io', 'core.oam.dev'],
  ...['kyverno.io', 'policies.kyverno.io', 'constraints.gatekeeper.sh', 'templates.gatekeeper.sh'],
  ...['mutations.gatekeeper.sh', 'tekton.dev', 'metrics-sidecar.io'],
]);
const describingKinds: ReadonlySet<string> = new Set(['argoproj.io/Application', 'argoproj.io/ApplicationSet']);

/** Whether nothing in an object is searched, because it only describes others, which tools make of it. */
export function describesOthers(group: string, kind: string): boolean {
  return describing.has(group) || describingKinds.has(`${group}/${kind}`);
}
