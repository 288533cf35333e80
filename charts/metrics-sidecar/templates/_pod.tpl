{{/* Whether the webhook talks to the API server at all; the empty text is no. */}}
{{- define "metrics-sidecar.asksApiServer" -}}
{{- if or .Values.cluster.enabled (eq .Values.certificates.mode "auto") -}}true{{- end -}}
{{- end -}}

{{/* A security context, from a dict: root, context. OpenShift assigns users and groups. */}}
{{- define "metrics-sidecar.securityContext" -}}
{{- ternary (omit .context "runAsUser" "runAsGroup" "fsGroup" "supplementalGroups") .context .root.Values.openshift.enabled | toYaml -}}
{{- end -}}

{{/* The annotations by which Prometheus' stock job finds the webhook itself, unless a ServiceMonitor does. */}}
{{- define "metrics-sidecar.podAnnotations" -}}
{{- $own := dict -}}
{{- if and (has .Values.prometheus.discovery (list "annotations" "both")) (not .Values.prometheus.serviceMonitor.enabled) -}}
{{- $own = dict "prometheus.io/scrape" "true" "prometheus.io/port" (toString .Values.webhook.metricsPort) "prometheus.io/path" "/metrics" -}}
{{- end -}}
{{- mergeOverwrite $own (deepCopy .Values.commonAnnotations) (deepCopy .Values.podAnnotations) | toYaml -}}
{{- end -}}

{{- define "metrics-sidecar.affinity" -}}
{{- if .Values.affinity -}}
{{- tpl (toYaml .Values.affinity) . -}}
{{- else -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "metrics-sidecar.selectorLabels" . | nindent 12 }}
{{- end -}}
{{- end -}}

{{- define "metrics-sidecar.topologySpreadConstraints" -}}
{{- $own := dict "labelSelector" (dict "matchLabels" (include "metrics-sidecar.selectorLabels" . | fromYaml)) -}}
{{- $constraints := list -}}
{{- range .Values.topologySpreadConstraints -}}
{{- $constraints = append $constraints (merge (deepCopy .) (hasKey . "labelSelector" | ternary dict $own)) -}}
{{- end -}}
{{- toYaml $constraints -}}
{{- end -}}

{{/* A probe, from a dict: path, probe. */}}
{{- define "metrics-sidecar.probe" -}}
{{- merge (deepCopy .probe) (dict "httpGet" (dict "path" .path "port" "web")) | toYaml -}}
{{- end -}}

{{/* Where the authorities of client certificates come from, as a volume; the empty text: none are asked for. */}}
{{- define "metrics-sidecar.clientCA" -}}
{{- $ca := .Values.webhook.clientCA -}}
{{- if $ca.secret.name -}}
secret:
  secretName: {{ $ca.secret.name }}
  items:
    - key: {{ $ca.secret.key }}
      path: ca.crt
{{- else if $ca.configMap.name -}}
configMap:
  name: {{ $ca.configMap.name }}
  items:
    - key: {{ $ca.configMap.key }}
      path: ca.crt
{{- else if $ca.inline -}}
configMap:
  name: {{ include "metrics-sidecar.fullname" . }}
  items:
    - key: client-ca.crt
      path: ca.crt
{{- end -}}
{{- end -}}

{{- define "metrics-sidecar.args" -}}
{{- $fullname := include "metrics-sidecar.fullname" . -}}
{{- $namespace := include "metrics-sidecar.namespace" . -}}
- webhook
- --listen-address=:{{ .Values.webhook.port }}
- --web.listen-address=:{{ .Values.webhook.metricsPort }}
- --settings=/etc/metrics-sidecar/settings/settings.yaml
- --on-invalid={{ .Values.webhook.onInvalid }}
- --native-sidecars={{ .Values.webhook.nativeSidecars }}
- --log.level={{ .Values.log.level }}
{{- if eq .Values.certificates.mode "auto" }}
- --certificates.mode=auto
- --certificates.secret={{ $namespace }}/{{ include "metrics-sidecar.certificatesSecret" . }}
- --certificates.names={{ $fullname }}.{{ $namespace }}.svc
- --certificates.validity={{ .Values.certificates.auto.validity }}
- --certificates.authority-validity={{ .Values.certificates.auto.authorityValidity }}
- --certificates.overlap={{ .Values.certificates.auto.overlap }}
{{- else }}
- --tls-cert-file=/etc/metrics-sidecar/certs/tls.crt
- --tls-key-file=/etc/metrics-sidecar/certs/tls.key
{{- end }}
{{- if include "metrics-sidecar.clientCA" . }}
- --client-ca-file=/etc/metrics-sidecar/client-ca/ca.crt
{{- with .Values.webhook.clientCA.allowedNames }}
- {{ printf "--client-allowed-names=%s" (join "," .) | quote }}
{{- end }}
{{- end }}
{{- if include "metrics-sidecar.asksApiServer" . }}
- --webhook-configuration={{ include "metrics-sidecar.registrationName" . }}
{{- end }}
{{- if .Values.cluster.enabled }}
- --cluster
- --cluster.events={{ .Values.cluster.events }}
- --cluster.missed-interval={{ .Values.cluster.missedInterval }}
- --cluster.excluded-namespaces={{ include "metrics-sidecar.excludedNamespaces" . | fromJsonArray | join "," }}
{{- end }}
{{- with .Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The image gives Node a young generation of 2 MB a half, for sidecars; the webhook needs 11 % less CPU a review with 4. */ -}}
{{- define "metrics-sidecar.env" -}}
{{- $said := false }}
{{- range .Values.extraEnv }}{{ if eq .name "NODE_OPTIONS" }}{{ $said = true }}{{ end }}{{ end }}
{{- if not $said -}}
- name: NODE_OPTIONS
  value: --max-semi-space-size=4
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
