/**
 * A reason that the engine can give. `leads` is the decision that the reason causes; with `none` it only accompanies
 * one. `action` tells the reader of the reason what to do.
 */
interface Entry<Severity extends 'error' | 'warning' | 'info', Leads extends string> {
  readonly severity: Severity;
  readonly leads: Leads;
  readonly sentence: string;
  readonly action: string;
}

const entry =
  <const Severity extends 'error' | 'warning' | 'info', const Leads extends string>(severity: Severity, leads: Leads) =>
  (sentence: string, action: string): Entry<Severity, Leads> => ({ severity, leads, sentence, action });

const invalid = entry('error', 'invalid');
const skipped = entry('error', 'skipped');
const unchanged = entry('info', 'unchanged');
const unread = entry('warning', 'unchanged');
const warning = entry('warning', 'none');
const info = entry('info', 'none');

export const reasons = {
  // Annotations that are wrong.
  bad_value: invalid('wrong value', 'Write a value that the annotation takes.'),
  unknown_annotation: invalid('no such annotation', 'Correct the key; the list is in the documentation.'),
  locked: invalid('the administrator has locked it', 'Leave the annotation out; the settings of the webhook lock it.'),
  kind_locked: invalid(
    'the administrator has locked the kind',
    'Ask for other kinds; the settings of the webhook lock it.',
  ),
  wrong_object: invalid('belongs on a Service, not on a pod', 'Move the annotation to the Service.'),
  bad_namespace_label: invalid('wrong label on the namespace', 'Write kinds joined by dots: statsd.port-monitor.'),
  malformed_pod: invalid('not a pod that can be read', 'Correct the manifest; the API server would refuse it too.'),
  not_string: invalid('must be a string, or the API server refuses the object', 'Write the value in quotes.'),
  mapping_sources: invalid('more than one source of the mapping', 'Keep one of the mapping annotations.'),
  mount_taken: invalid('something is mounted there', 'Share another directory.'),
  port_taken: invalid('the port is taken', 'Choose another port, or leave the annotation out.'),
  unknown_port_name: invalid('no container declares this port', 'Name a declared TCP port, or give its number.'),
  app_port_missing: invalid('no TCP port to proxy', 'Declare the port on the container, or set app-port.'),
  request_above_limit: invalid('the request is above the limit', 'Lower the request or raise the limit.'),
  unknown_container: invalid('no container has this name', 'Name containers of the pod, in either list.'),
  container_patch: invalid('the patch cannot be applied', 'Correct the operation, or the value that it writes.'),

  // Rules that forbid a sidecar.
  host_network: skipped("the pod is in the node's network", 'Monitor the node with node_exporter instead.'),
  windows: skipped('the pod is for Windows', 'Nothing to do: the sidecar runs on Linux only.'),
  own_pod: skipped('the pod is of metrics-sidecar itself', 'Nothing to do: it has a metrics page.'),
  job_without_native: skipped(
    'a Job would never finish beside a sidecar that is not native',
    'Use nodes of Kubernetes 1.29 or newer; or set native to "false" and end the sidecar with POST /-/quit.',
  ),
  name_taken: skipped('the name is taken', 'Rename the container or volume of the pod.'),
  limit_range: skipped(
    'a LimitRange of the namespace leaves no room',
    'Set smaller resources, or widen the LimitRange.',
  ),
  quota: skipped('a ResourceQuota of the namespace leaves no room', 'Set smaller resources, or widen the quota.'),
  pod_resources: skipped("the pod's own resources leave no room", 'Raise spec.resources, or set smaller ones.'),
  annotations_full: skipped('the annotations would exceed 256 KiB', 'Make the annotations of the pod smaller.'),

  // The object stays as it is.
  not_asked: unchanged('nothing asks for a sidecar', 'Annotate the pod with metrics-sidecar.io/inject.'),
  opted_out: unchanged('opted out', 'Nothing to do.'),
  already_injected: unchanged('injected already', 'Nothing to do.'),
  pod_exists: unchanged('the pod exists; containers cannot be added', 'Create the pod again.'),
  mirror_pod: unchanged('a mirror pod cannot be changed', 'Write the sidecar into the static manifest.'),

  // Objects that are not read, so that judging them takes no time from other requests.
  annotations_too_large: unread(
    'the annotations exceed 256 KiB: not read',
    'Make them smaller, as the API server asks.',
  ),
  pod_too_large: unread('too much to be read', 'Make the pod smaller, or add the sidecar with metrics-sidecar inject.'),
  review_too_large: unread('larger than the webhook reads', 'Make the object smaller, or raise --review-limit.'),

  // Injected, with something to look at.
  inject_missing: warning('annotated, but nothing asks for a sidecar', 'Add metrics-sidecar.io/inject.'),
  foreign_domain: warning('no domain of ours', 'Correct the part before the slash.'),
  kind_not_asked: warning('the kind is not asked for', 'Add the kind to inject, or drop the annotation.'),
  native_unsupported: warning('not every kubelet supports native sidecars', 'Set native to auto.'),
  native_repaired: warning('another webhook had removed restartPolicy', 'Update that webhook.'),
  job_classic: warning('the Job does not finish by itself', 'End the sidecar with POST /-/quit.'),
  ephemeral_port: warning('in the range of outgoing connections', 'Choose a port outside 32768 to 60999.'),
  privileged_port: warning('below 1024 needs a privilege on some runtimes', 'Choose a port from 1024 up.'),
  port_name_taken: warning('another container has a port of this name', 'Rename that port.'),
  port_name_ambiguous: warning('several containers declare the port', 'Give each port a name of its own.'),
  env_elsewhere: warning(
    'its own variables lead elsewhere',
    'Remove the variables, so that the sidecar\'s are given, or write its address there. To keep them, set metrics-sidecar.io/env to "false".',
  ),
  takeover_unnamed: warning('the port has no name to take over', 'Name the container port.'),
  mapping_image_file: warning('the pod waits until the file is copied', 'Have cp and the file in the image.'),
  slot_without_port: warning('the annotations name no port', 'Add prometheus.io/port.'),
  slot_mesh: warning(
    "the annotations are a service mesh's",
    'Find the sidecar by its port ms-metrics; or come before Istio, which merges our page (docs/mesh.md).',
  ),
  mesh_bypass_late: warning(
    'the mesh was injected before, and read the list without the metrics port',
    'Inject the sidecar before the mesh does (docs/mesh.md).',
  ),
  merge_impossible: warning('nothing to merge', "Annotate the pod with its page's prometheus.io/port."),
  grace_period: warning("longer than the pod's grace period", 'Raise terminationGracePeriodSeconds.'),
  guaranteed: warning(
    'stays Guaranteed, so its requests grow',
    'Set guaranteed-cpu and memory-limit, or give the pod requests below its limits.',
  ),
  request_raised: warning(
    'raised to the limit, to keep the pod Guaranteed',
    'Set guaranteed-cpu or the limit instead, or request and limit.',
  ),
  quality_changed: warning('the pod is no longer Guaranteed', 'Ask for requests that equal the limits.'),

  // Injected, with the reason of a choice.
  classic_old_kubelet: info('no native sidecar: a kubelet is older than 1.29', 'Nothing to do.'),
  classic_named_port: info('no native sidecar: before 1.32 Services do not find its ports', 'Nothing to do.'),
  port_moved: info('the default port is taken, the next free one is used', 'Nothing to do.'),
  port_name_kept: info('a probe or hook names the port by its number now', 'Nothing to do.'),
  mapping_optional: info('without the ConfigMap the sidecar runs without a mapping', 'Create the ConfigMap.'),
  mapping_share_reused: info('the volume that is mounted there is shared', 'Nothing to do.'),
  slot_taken: info("the annotations are the application's and stay", 'Find the sidecar by its port ms-metrics.'),
  slot_opted_out: info('prometheus.io/scrape is "false" and stays', 'Find the sidecar by its port ms-metrics.'),
  slot_merged: info("the application's page is served with the sidecar's", 'Nothing to do.'),
  foreign_container: info(
    'of another injector, and gets nothing of ours',
    'To give it the same, name it in metrics-sidecar.io/containers.',
  ),
  mesh_bypass: info('the proxy of the mesh leaves the metrics port alone', 'Nothing to do.'),
  mesh_bypass_kept: info('has the metrics port already', 'Nothing to do.'),
  env_kept: info('defined by the container already', 'Nothing to do.'),
  env_from: info('envFrom may define the same variables; these win', 'Set env to "false" to keep its values.'),
  resources_fitted: info('fitted to the limits of the namespace or pod', 'Nothing to do.'),
  grace_fitted: info("fitted to the pod's grace period", 'Nothing to do.'),

  // Services.
  service_slot_taken: warning('has prometheus.io annotations of its own', 'Remove them, or the scrape annotation.'),
  service_number: warning(
    'a number leads past HAProxy',
    "Name the container's port in the pod template, set takeover there and roll it out; then write the name here.",
  ),
  service_proxy_number: warning(
    'leads to HAProxy by its number; pods without HAProxy do not answer there',
    "Name the container's port in the pod template, set takeover there and roll it out; then write the name here.",
  ),
  service_named_port: info('leads to HAProxy in the pods that take the name over', 'Set takeover on the pods.'),
  service_not_http: warning('the proxy passes HTTP alone', 'Leave this port out, or lead another one with route-port.'),
  service_restored: info('the target port that an earlier version wrote is taken back', 'Nothing to do.'),
  service_retired: warning('has no effect any more', 'Remove it; a Service leads to HAProxy by the name of a port.'),
  service_headless: warning('clients of a headless Service bypass the proxy', 'Use a Service with an address.'),
  service_without_pods: warning('selects no pods', 'Give the Service a selector.'),
  service_port_unknown: warning('the Service has no such TCP port', 'Name a port of the Service.'),
  service_value: warning('wrong value', 'Write a value that the annotation takes.'),
  service_locked: warning(
    'the administrator has locked it',
    'Leave the annotation out; the settings of the webhook lock it.',
  ),
  service_annotation: warning('no such annotation of a Service', 'Correct the key, or move it to the pod.'),

  // Removing an injection.
  not_injected: info('nothing was added', 'Nothing to do.'),
  status_missing: warning('marked as injected, but no status says what was added', 'Take it off by hand.'),
  status_unreadable: invalid('the status cannot be read', 'Take off by hand what was added, and the status with it.'),
  undo_missing: warning(
    'an older version wrote the status, so variables and port names stay',
    'Compare with the manifest that was injected.',
  ),
  changed_since: warning('changed since the injection, and stays', 'Look whether it is still right.'),
  gone_since: info('is not there any more', 'Nothing to do.'),

  // Custom resources among manifests.
  template_unread: warning(
    'no pod template is known there',
    'Name the template with --pod-template-path, if it is one; the webhook decides when there are pods.',
  ),
  template_custom: warning(
    'the template of a custom resource stays as it is',
    'Leave it to the webhook, or name it with --pod-template-path.',
  ),

  // Workloads.
  wrong_level: warning('belongs in the metadata of the pod template', 'Move it to spec.template.metadata.'),
  label_not_annotation: warning('is an annotation, not a label', 'Move it to the annotations.'),
  pods_refused: warning('every pod will be refused', 'Correct what the other warnings say.'),
} as const;

export type ReasonCode = keyof typeof reasons;

const error = entry('error', 'none');

/** The reasons of `lint`, which sees a whole set of manifests. No outcome of the engine has them. */
export const lintReasons = {
  manifest: error('cannot be read', 'Correct the manifest; kubectl refuses it, or reads something else.'),
  manifest_doubtful: warning('kubectl reads it otherwise than it looks', 'Write what is meant.'),
  not_read_here: warning('nothing reads it on an object of this kind', 'Move it to the pod template.'),
  template_missing: warning('no pod template there', 'Correct --pod-template-path.'),
  service_without_sidecar: warning(
    'no pod behind the Service is injected',
    'Annotate the pods, or drop the annotation.',
  ),
  service_other_port: warning('the pods behind the Service listen on another port', 'Write the port of the pods.'),
  service_port_missing: warning(
    'no container port of this name, so no request comes there',
    'Name the port in the pod template, and roll it out before the Service names it.',
  ),
  service_past_haproxy: warning('the pods do not take the name over', 'Set takeover on the pods.'),
  mapping_key_missing: warning('the ConfigMap has no such key', 'Correct the key, or add it to the ConfigMap.'),
  config_map_renamed: warning(
    'kustomize has given the ConfigMap another name',
    'Set disableNameSuffixHash for it in the kustomization: annotations are not renamed.',
  ),
  mapping_invalid: error('the sidecar would refuse the mapping', 'Correct it; metrics-sidecar validate reads it too.'),
  mapping_doubtful: warning('the mapping may not do what was meant', 'Look at the rule; metrics-sidecar map tries it.'),
} as const;

export type LintCode = ReasonCode | keyof typeof lintReasons;
