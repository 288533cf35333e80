{{/* An endpoint of the operator with further fields, which win, from a dict: endpoint (YAML), more. */}}
{{- define "metrics-sidecar.endpoint" -}}
{{- if .more -}}
{{- mergeOverwrite (.endpoint | fromYaml) (deepCopy .more) | toYaml -}}
{{- else -}}
{{- .endpoint -}}
{{- end -}}
{{- end -}}

{{/* The endpoint of the sidecars, from a dict: root, monitor. */}}
{{- define "metrics-sidecar.podEndpoint" -}}
port: ms-metrics
path: /metrics
scheme: http
honorLabels: {{ .monitor.honorLabels }}
filterRunning: true
{{- with .monitor.interval }}
interval: {{ . }}
{{- end }}
{{- with .monitor.scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
relabelings:
  - sourceLabels: [__meta_kubernetes_pod_annotation_metrics_sidecar_io_scrape]
    regex: "false"
    action: drop
  {{- if eq .root.Values.prometheus.discovery "both" }}
  # The job that follows prometheus.io/* has these already.
  - sourceLabels: [__meta_kubernetes_pod_annotation_metrics_sidecar_io_scraped_by]
    regex: prometheus-annotations
    action: drop
  {{- end }}
  - sourceLabels: [__meta_kubernetes_pod_node_name]
    targetLabel: node
  {{- with .monitor.relabelings }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .monitor.metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The endpoint of the webhook, from the values of the ServiceMonitor. */}}
{{- define "metrics-sidecar.serviceEndpoint" -}}
port: web
path: /metrics
scheme: http
{{- with .interval }}
interval: {{ . }}
{{- end }}
{{- with .scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
{{- with .relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
