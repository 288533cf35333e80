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

{{/* Events are written for real requests only. */}}
{{- define "metrics-sidecar.mutating" -}}
failurePolicy: {{ .Values.webhook.failurePolicy }}
reinvocationPolicy: {{ .Values.webhook.reinvocationPolicy }}
sideEffects: {{ and .Values.cluster.enabled .Values.cluster.events | ternary "NoneOnDryRun" "None" }}
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
