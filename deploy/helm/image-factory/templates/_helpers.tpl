{{- define "image-factory.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "image-factory.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "image-factory.labels" -}}
{{ include "image-factory.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "image-factory.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "image-factory.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "image-factory.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "image-factory.env" -}}
{{- $_ := required "settings.IMAGE_FACTORY_CONFIG_REPO is missing: set it to the address of your config repository, which all pods must reach" .Values.settings.IMAGE_FACTORY_CONFIG_REPO }}
{{- range $name, $value := .Values.settings }}
{{- /* Helm reads every number as a fraction, and would write 12345678 as 1.2345678e+07. */}}
- {name: {{ $name }}, value: {{ (kindIs "float64" $value) | ternary (int64 $value) $value | quote }}}
{{- end }}
{{- range $name, $_ := .Values.secrets }}
- {name: {{ $name }}_FILE, value: /run/secrets/image-factory/{{ $name }}}
{{- end }}
{{- if .Values.registryAuthSecret }}
- {name: IMAGE_FACTORY_REGISTRY_AUTH_FILE, value: /run/secrets/registry-auth}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "image-factory.volumeMounts" -}}
- {name: data, mountPath: /data}
- {name: tmp, mountPath: /tmp}
- {name: secrets, mountPath: /run/secrets/image-factory, readOnly: true}
{{- if .Values.registryAuthSecret }}
- {name: registry-auth, mountPath: /run/secrets/registry-auth, readOnly: true}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "image-factory.volumes" -}}
- name: data
  emptyDir: {sizeLimit: {{ .Values.data.sizeLimit }}}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
- name: secrets
  projected:
    # Readable by the group that fsGroup sets.
    defaultMode: 0440
    sources:
      {{- range $name, $from := .Values.secrets }}
      - secret:
          name: {{ $from.name }}
          items: [{key: {{ $from.key | quote }}, path: {{ $name }}}]
      {{- end }}
{{- if .Values.registryAuthSecret }}
- name: registry-auth
  secret: {secretName: {{ .Values.registryAuthSecret }}, defaultMode: 0440}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* The parts of a pod that web and worker have alike: (dict "root" $ "part" .Values.web "component" "web"). */ -}}
{{- define "image-factory.pod" -}}
serviceAccountName: {{ include "image-factory.serviceAccount" .root }}
# The service calls no API of the cluster.
automountServiceAccountToken: false
# Its variables would look like settings.
enableServiceLinks: false
# It ends within 20 seconds, and the web service waits for 5 before.
terminationGracePeriodSeconds: 40
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .part.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .part.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .part.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- if .part.topologySpreadConstraints }}
  {{- toYaml .part.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "image-factory.selector" . | nindent 8 }}
  {{- end }}
volumes: {{ include "image-factory.volumes" .root | nindent 2 }}
{{- end }}

{{- define "image-factory.container" -}}
image: {{ include "image-factory.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
env: {{ include "image-factory.env" .root | nindent 2 }}
resources: {{ toYaml .part.resources | nindent 2 }}
volumeMounts: {{ include "image-factory.volumeMounts" .root | nindent 2 }}
{{- end }}
