{{/* The reference of an image, from a dict: root, image, tag (where the image names none). A digest wins over a tag. */}}
{{- define "metrics-sidecar.imageReference" -}}
{{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
{{- $name := ternary .image.repository (printf "%s/%s" $registry .image.repository) (empty $registry) -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $name .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (.image.tag | default .tag) -}}
{{- end -}}
{{- end -}}

{{- define "metrics-sidecar.image" -}}
{{- include "metrics-sidecar.imageReference" (dict "root" . "image" .Values.image "tag" .Chart.AppVersion) -}}
{{- end -}}

{{- define "metrics-sidecar.haproxyImage" -}}
{{- include "metrics-sidecar.imageReference" (dict "root" . "image" .Values.haproxyImage "tag" "3.0") -}}
{{- end -}}

{{/* The list of imagePullSecrets, from names and objects with a name. */}}
{{- define "metrics-sidecar.imagePullSecrets" -}}
{{- $secrets := list -}}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets -}}
{{- $secrets = append $secrets (ternary (dict "name" .) . (kindIs "string" .)) -}}
{{- end -}}
{{- uniq $secrets | toYaml -}}
{{- end -}}

{{/* The container's image, and its pull policy where there is one. */}}
{{- define "metrics-sidecar.containerImage" -}}
image: {{ include "metrics-sidecar.image" . }}
{{- with .Values.image.pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- end -}}
