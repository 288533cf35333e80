{{/* The names of objects: 50 characters, so that a suffix fits into a DNS label. */}}
{{- define "metrics-sidecar.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "metrics-sidecar.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "metrics-sidecar.certificatesSecret" -}}
{{- if eq .Values.certificates.mode "existingSecret" -}}
{{- .Values.certificates.existingSecret.name -}}
{{- else if eq .Values.certificates.mode "certManager" -}}
{{- /* Not the name of mode auto: pods of before would go on keeping that one, against cert-manager. */ -}}
{{- printf "%s-tls" (include "metrics-sidecar.fullname" .) -}}
{{- else -}}
{{- printf "%s-certs" (include "metrics-sidecar.fullname" .) -}}
{{- end -}}
{{- end -}}

{{- define "metrics-sidecar.serviceAccountName" -}}
{{- default (include "metrics-sidecar.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/*
The label app.kubernetes.io/name does not follow nameOverride: the webhook knows pods of its own by it.
*/}}
{{- define "metrics-sidecar.selectorLabels" -}}
app.kubernetes.io/name: metrics-sidecar
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: webhook
{{- end -}}

{{/*
The metadata of an object, from a dict: root, name; and where it is not the usual: namespace ("-" for an object of the
cluster), component, labels (a list of maps), annotations (a list of maps). Later maps win; ours win over all labels.
*/}}
{{- define "metrics-sidecar.metadata" -}}
{{- $root := .root -}}
{{- $labels := dict -}}
{{- range concat (list $root.Values.commonLabels) (.labels | default list) -}}
{{- $labels = mergeOverwrite $labels (deepCopy .) -}}
{{- end -}}
{{- $_ := set $labels "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63) -}}
{{- $_ := set $labels "app.kubernetes.io/name" "metrics-sidecar" -}}
{{- $_ := set $labels "app.kubernetes.io/instance" $root.Release.Name -}}
{{- $_ := set $labels "app.kubernetes.io/component" (.component | default "webhook") -}}
{{- $_ := set $labels "app.kubernetes.io/version" ($root.Chart.AppVersion | trunc 63) -}}
{{- $_ := set $labels "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- $annotations := dict -}}
{{- range concat (list $root.Values.commonAnnotations) (.annotations | default list) -}}
{{- $annotations = mergeOverwrite $annotations (deepCopy .) -}}
{{- end -}}
name: {{ .name }}
{{- if ne (.namespace | default "") "-" }}
namespace: {{ .namespace | default (include "metrics-sidecar.namespace" $root) }}
{{- end }}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
