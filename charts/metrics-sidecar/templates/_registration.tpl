{{/*
The name of both webhook configurations. The API server calls webhooks in the order of these names: ours stands before
`istio-…`, `kuma-…` and `linkerd-…`, whose injectors read what it writes (docs/mesh.md).
*/}}
{{- define "metrics-sidecar.registrationName" -}}
{{- .Values.webhook.registrationName | default (printf "inject-%s" (include "metrics-sidecar.fullname" .)) -}}
{{- end -}}

{{/*
The registrations of this release, as a list of maps: name, failurePolicy, requiredPolicy. There is one, but where an
upgrade changes the name: the former one stays in force until the API server trusts the new one (its caBundle is written by
a webhook that comes with the upgrade), and meanwhile the new one refuses nothing.
*/}}
{{- define "metrics-sidecar.registrations" -}}
{{- $name := include "metrics-sidecar.registrationName" . -}}
{{- $former := list -}}
{{- if .Release.IsUpgrade -}}
{{- $kind := list "admissionregistration.k8s.io/v1" "MutatingWebhookConfiguration" -}}
{{- $trusted := false -}}
{{- with lookup (index $kind 0) (index $kind 1) "" $name -}}
{{- $trusted = true -}}
{{- range .webhooks }}{{ if not .clientConfig.caBundle }}{{ $trusted = false }}{{ end }}{{ end -}}
{{- end -}}
{{- $fullname := include "metrics-sidecar.fullname" . -}}
{{- range without (list $fullname (printf "inject-%s" $fullname)) $name -}}
{{- $old := lookup (index $kind 0) (index $kind 1) "" . -}}
{{- if and (not $trusted) $old -}}
{{- $by := $old.metadata.annotations | default dict -}}
{{- if and (eq (get $by "meta.helm.sh/release-name") $.Release.Name) (eq (get $by "meta.helm.sh/release-namespace") $.Release.Namespace) -}}
{{- $former = append $former (dict "name" . "failurePolicy" $.Values.webhook.failurePolicy "requiredPolicy" "Fail") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $isNew := gt (len $former) 0 -}}
{{- prepend $former (dict "name" $name "failurePolicy" (ternary "Ignore" .Values.webhook.failurePolicy $isNew) "requiredPolicy" (ternary "Ignore" "Fail" $isNew)) | toJson -}}
{{- end -}}

{{/* The namespaces whose objects are left alone: an outage must never keep the system or the webhook itself from starting. */}}
{{- define "metrics-sidecar.excludedNamespaces" -}}
{{- concat (list "kube-system" "kube-node-lease" (include "metrics-sidecar.namespace" .)) .Values.webhook.extraExcludedNamespaces | uniq | toJson -}}
{{- end -}}

{{/* The selector of namespaces, from a dict: root, optIn (only namespaces that ask by label). */}}
{{- define "metrics-sidecar.namespaceSelector" -}}
{{- $given := .root.Values.webhook.namespaceSelector -}}
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values:
        {{- include "metrics-sidecar.excludedNamespaces" .root | fromJsonArray | toYaml | nindent 8 }}
    {{- if .optIn }}
    - key: metrics-sidecar.io/inject
      operator: Exists
    {{- end }}
    - key: metrics-sidecar.io/inject
      operator: NotIn
      values: ["false"]
    {{- with $given.matchExpressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $given.matchLabels }}
  matchLabels:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The selector of objects, from a dict: given (a selector of the values, or none). Own objects are never judged. */}}
{{- define "metrics-sidecar.objectSelector" -}}
objectSelector:
  matchExpressions:
    - key: app.kubernetes.io/name
      operator: NotIn
      values: [metrics-sidecar]
    {{- with .given.matchExpressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .given.matchLabels }}
  matchLabels:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/*
The call, from a dict: root, path. There is no caBundle key unless the values name the bundle: what another writes into a
field of ours would be a conflict at the next upgrade.
*/}}
{{- define "metrics-sidecar.clientConfig" -}}
clientConfig:
  service:
    name: {{ include "metrics-sidecar.fullname" .root }}
    namespace: {{ include "metrics-sidecar.namespace" .root }}
    path: {{ .path }}
    port: {{ .root.Values.service.port }}
  {{- with .root.Values.certificates.caBundle }}
  caBundle: {{ ternary (b64enc .) . (contains "-----BEGIN" .) }}
  {{- end }}
admissionReviewVersions: [v1, v1beta1]
timeoutSeconds: {{ .root.Values.webhook.timeoutSeconds }}
matchPolicy: {{ .root.Values.webhook.matchPolicy }}
{{- end -}}

{{/*
What the API server does while no webhook answers, and when it calls again, from a dict: root, failurePolicy. Events are
written for real requests only.
*/}}
{{- define "metrics-sidecar.mutating" -}}
failurePolicy: {{ .failurePolicy }}
reinvocationPolicy: {{ .root.Values.webhook.reinvocationPolicy }}
sideEffects: {{ and .root.Values.cluster.enabled .root.Values.cluster.events | ternary "NoneOnDryRun" "None" }}
{{- end -}}

{{/* One entry for pods, from a dict: root, name, failurePolicy, optIn (only namespaces that ask by label), conditions. */}}
{{- define "metrics-sidecar.podEntry" -}}
- name: {{ .name }}.metrics-sidecar.io
  {{- include "metrics-sidecar.clientConfig" (dict "root" .root "path" "/mutate") | nindent 2 }}
  {{- include "metrics-sidecar.mutating" (dict "root" .root "failurePolicy" .failurePolicy) | nindent 2 }}
  rules:
    - apiGroups: [""]
      apiVersions: [v1]
      resources: [pods]
      operations: [CREATE]
      scope: Namespaced
  {{- include "metrics-sidecar.namespaceSelector" (dict "root" .root "optIn" .optIn) | nindent 2 }}
  {{- include "metrics-sidecar.objectSelector" (dict "given" .root.Values.webhook.objectSelector) | nindent 2 }}
  matchConditions:
    {{- range .conditions }}
    - name: {{ .name }}
      expression: {{ .expression | quote }}
    {{- end }}
    {{- with .root.Values.webhook.matchConditions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/*
A CEL expression: whether a pod may not run without its sidecar, as the engine reads the annotation. Where nobody may set
it, the default decides. Empty where no pod can be required.
*/}}
{{- define "metrics-sidecar.required" -}}
{{- $key := "metrics-sidecar.io/required" -}}
{{- $standard := .Values.sidecars.defaults.required | toString | eq "true" -}}
{{- $words := list $key "metrics-sidecar.io/*" -}}
{{- $locked := false -}}
{{- if .Values.sidecars.annotations.allowed }}{{ $locked = true }}{{ end -}}
{{- range $words }}{{ if has . $.Values.sidecars.annotations.allowed }}{{ $locked = false }}{{ end }}{{ end -}}
{{- range $words }}{{ if has . $.Values.sidecars.annotations.locked }}{{ $locked = true }}{{ end }}{{ end -}}
{{- $says := printf "has(object.metadata.annotations) && '%s' in object.metadata.annotations && object.metadata.annotations['%s']" $key $key -}}
{{- if $locked }}{{ ternary "true" "" $standard }}{{ else if $standard }}{{ printf "!(%s == 'false')" $says }}{{ else }}{{ printf "%s == 'true'" $says }}{{ end -}}
{{- end -}}

{{/* The annotations of both webhook configurations, as a list of maps. */}}
{{- define "metrics-sidecar.registrationAnnotations" -}}
{{- $injected := .Values.certificates.caInjectionAnnotations -}}
{{- if eq .Values.certificates.mode "certManager" -}}
{{- $injected = dict "cert-manager.io/inject-ca-from" (printf "%s/%s" (include "metrics-sidecar.namespace" .) (include "metrics-sidecar.fullname" .)) -}}
{{- end -}}
{{- list $injected .Values.webhook.annotations | toJson -}}
{{- end -}}

{{/* Whether there is something for `helm test`: a pod in a namespace that is left alone would never get a sidecar. */}}
{{- define "metrics-sidecar.testable" -}}
{{- $left := include "metrics-sidecar.excludedNamespaces" . | fromJsonArray -}}
{{- if and .Values.tests.enabled (not (has .Values.tests.namespace $left)) -}}true{{- end -}}
{{- end -}}
