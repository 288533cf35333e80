{{/* Combinations that the schema cannot tell; all problems at once. */}}
{{- define "metrics-sidecar.validate" -}}
{{- $v := .Values -}}
{{- $c := $v.certificates -}}
{{- $problems := list -}}
{{- if eq $c.mode "existingSecret" -}}
  {{- if not $c.existingSecret.name -}}
    {{- $problems = append $problems "certificates.existingSecret.name: certificates.mode existingSecret needs the name of the Secret" -}}
  {{- end -}}
  {{- if and (not $c.caBundle) (not $c.caInjectionAnnotations) -}}
    {{- $problems = append $problems "certificates.caBundle: certificates.mode existingSecret needs the authority of the certificate, or certificates.caInjectionAnnotations for whatever writes it" -}}
  {{- end -}}
  {{- if and $c.caBundle $c.caInjectionAnnotations -}}
    {{- $problems = append $problems "certificates.caBundle: it would be overwritten by what certificates.caInjectionAnnotations asks for; set one of the two" -}}
  {{- end -}}
  {{- if and $c.caBundle (not (contains "-----BEGIN CERTIFICATE-----" $c.caBundle)) (not (contains "-----BEGIN CERTIFICATE-----" (b64dec $c.caBundle))) -}}
    {{- $problems = append $problems "certificates.caBundle: is neither a certificate in PEM nor base64 of one" -}}
  {{- end -}}
{{- else -}}
  {{- if $c.existingSecret.name -}}
    {{- $problems = append $problems (printf "certificates.existingSecret.name: is set, but certificates.mode is %s; set it to existingSecret" $c.mode) -}}
  {{- end -}}
  {{- if $c.caBundle -}}
    {{- $problems = append $problems (printf "certificates.caBundle: belongs to certificates.mode existingSecret; in mode %s it is written by the cluster" $c.mode) -}}
  {{- end -}}
  {{- if $c.caInjectionAnnotations -}}
    {{- $problems = append $problems (printf "certificates.caInjectionAnnotations: belongs to certificates.mode existingSecret, which is not mode %s" $c.mode) -}}
  {{- end -}}
{{- end -}}
{{- if and $c.certManager.issuerRef (ne $c.mode "certManager") -}}
  {{- $problems = append $problems (printf "certificates.certManager.issuerRef: is set, but certificates.mode is %s; set it to certManager" $c.mode) -}}
{{- end -}}
{{- if and $c.certManager.issuerRef (not $c.certManager.issuerRef.name) -}}
  {{- $problems = append $problems "certificates.certManager.issuerRef.name: name the issuer" -}}
{{- end -}}
{{- $ca := $v.webhook.clientCA -}}
{{- $sources := list -}}
{{- if $ca.inline }}{{ $sources = append $sources "inline" }}{{ end -}}
{{- if $ca.configMap.name }}{{ $sources = append $sources "configMap.name" }}{{ end -}}
{{- if $ca.secret.name }}{{ $sources = append $sources "secret.name" }}{{ end -}}
{{- if gt (len $sources) 1 -}}
  {{- $problems = append $problems (printf "webhook.clientCA: set one of %s" (join ", " $sources)) -}}
{{- end -}}
{{- if and $ca.allowedNames (not $sources) -}}
  {{- $problems = append $problems "webhook.clientCA.allowedNames: needs the authorities of client certificates: webhook.clientCA.inline, configMap.name or secret.name" -}}
{{- end -}}
{{- if and $ca.inline (not (contains "-----BEGIN CERTIFICATE-----" $ca.inline)) -}}
  {{- $problems = append $problems "webhook.clientCA.inline: is no certificate in PEM" -}}
{{- end -}}
{{- if contains "PRIVATE KEY-----" $ca.inline -}}
  {{- $problems = append $problems "webhook.clientCA.inline: holds a private key; only certificates belong there, and a key that stood here should be replaced" -}}
{{- end -}}
{{- if and $v.lint.extraResources (not $v.webhook.workloadWarnings.enabled) -}}
  {{- $problems = append $problems "lint.extraResources: needs webhook.workloadWarnings.enabled, which is off" -}}
{{- end -}}
{{- if $v.podDisruptionBudget.enabled -}}
  {{- $least := ne (toString $v.podDisruptionBudget.minAvailable) "" -}}
  {{- $most := ne (toString $v.podDisruptionBudget.maxUnavailable) "" -}}
  {{- if and $least $most -}}
    {{- $problems = append $problems "podDisruptionBudget.minAvailable: it and maxUnavailable exclude each other; leave one of them empty" -}}
  {{- end -}}
{{- end -}}
{{- if and (not $v.serviceAccount.create) (not $v.serviceAccount.name) -}}
  {{- $problems = append $problems "serviceAccount.name: name the ServiceAccount where serviceAccount.create is false; the default one of the namespace would be everybody's" -}}
{{- end -}}
{{- if eq (int $v.webhook.port) (int $v.webhook.metricsPort) -}}
  {{- $problems = append $problems "webhook.metricsPort: is the same as webhook.port" -}}
{{- end -}}
{{- if and $v.hostNetwork (eq (int $v.webhook.port) 10250) -}}
  {{- $problems = append $problems "webhook.port: 10250 is the kubelet's own port on every node; with hostNetwork choose another, for example 10260, and one that is free for webhook.metricsPort" -}}
{{- end -}}
{{- if eq (int $v.service.port) (int $v.webhook.metricsPort) -}}
  {{- $problems = append $problems "service.port: the Service has webhook.metricsPort too; choose another" -}}
{{- end -}}
{{- $alerts := list -}}
{{- range ($.Files.Get "files/alerts.yaml" | fromYaml).groups }}{{ range .rules }}{{ $alerts = append $alerts .alert }}{{ end }}{{ end -}}
{{- range $v.prometheus.prometheusRule.defaultRules.disabled -}}
  {{- if not (has . $alerts) -}}
    {{- $problems = append $problems (printf "prometheus.prometheusRule.defaultRules.disabled: there is no alert %q; did you mean %q?" . (include "metrics-sidecar.nearest" (dict "word" . "words" $alerts))) -}}
  {{- end -}}
{{- end -}}
{{- with $problems -}}
  {{- fail (printf "\n\nThe values of metrics-sidecar do not fit together:\n  %s\n" (join "\n  " .)) -}}
{{- end -}}
{{- end -}}

{{/* The most similar of some words, from a dict: word, words: by the pairs of letters that both have, and their lengths. */}}
{{- define "metrics-sidecar.nearest" -}}
{{- $word := lower .word -}}
{{- $last := int (sub (len $word) 1) -}}
{{- $nearest := "" -}}
{{- $most := -1000 -}}
{{- range .words -}}
  {{- $other := lower . -}}
  {{- $score := int (sub 0 (max (sub (len $word) (len $other)) (sub (len $other) (len $word)))) -}}
  {{- range $i := until $last -}}
    {{- if contains (substr $i (int (add $i 2)) $word) $other }}{{ $score = add $score 2 | int }}{{ end -}}
  {{- end -}}
  {{- if gt $score $most }}{{ $most = $score }}{{ $nearest = . }}{{ end -}}
{{- end -}}
{{- $nearest -}}
{{- end -}}
