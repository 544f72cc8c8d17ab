"""Values for the chart: as few as it takes, and one for each key."""

from typing import Any

MINIMAL: dict[str, Any] = {"settings": {"IMAGE_FACTORY_CONFIG_REPO": "https://github.com/acme/image-factory-config"}}

_PLACED: dict[str, Any] = {
    "podAnnotations": {"example.com/team": "platform"},
    "nodeSelector": {"kubernetes.io/arch": "amd64"},
    "tolerations": [{"key": "tools", "operator": "Exists", "effect": "NoSchedule"}],
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": "pool", "operator": "In", "values": ["tools"]}]}]
            }
        }
    },
    "topologySpreadConstraints": [
        {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway"}
    ],
}

FULL: dict[str, Any] = {
    "image": {
        "repository": "registry.example.com/image-factory",
        "tag": "0.1.0",
        "digest": "sha256:" + "a" * 64,
        "pullPolicy": "Always",
    },
    "imagePullSecrets": [{"name": "pull"}],
    "settings": {
        "IMAGE_FACTORY_CONFIG_REPO": "ssh://git@git.example.com/acme/config",
        "IMAGE_FACTORY_PUBLIC_URL": "https://image-factory.example.com",
        "IMAGE_FACTORY_MAX_CONCURRENT_BUILDS": 20,
        "IMAGE_FACTORY_GITHUB_APP_ID": 12345678,
        "IMAGE_FACTORY_CATALOG_PUBLIC": True,
        "IMAGE_FACTORY_CONTACT": 'the "platform" team: #platform {in} Slack',
    },
    "secrets": {"IMAGE_FACTORY_GITHUB_TOKEN": {"name": "github", "key": "token.txt"}},
    "registryAuthSecret": "registries",
    "web": {"replicas": 3, "readinessPath": "/readyz", "resources": {"limits": {"cpu": 2}}, **_PLACED},
    "worker": {"replicas": 2, "resources": {"limits": {"cpu": "1500m"}}, **_PLACED},
    "data": {"sizeLimit": "20Gi"},
    "extraVolumes": [{"name": "ssh", "secret": {"secretName": "config-ssh", "defaultMode": 288}}],
    "extraVolumeMounts": [{"name": "ssh", "mountPath": "/run/secrets/ssh", "readOnly": True}],
    "extraEnv": [{"name": "GIT_SSH_COMMAND", "value": "ssh -i /run/secrets/ssh/key"}],
    "serviceAccount": {"create": True, "name": "factory", "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam"}},
    "service": {"type": "LoadBalancer", "port": 8080, "annotations": {"example.com/internal": "true"}},
    "ingress": {
        "enabled": True,
        "className": "nginx",
        "annotations": {"cert-manager.io/cluster-issuer": "internal"},
        "host": "image-factory.example.com",
        "tlsSecret": "image-factory-tls",
    },
    "networkPolicy": {
        "enabled": True,
        "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}],
        "ports": [443, 5432, 5000],
        "egress": [{"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}], "ports": [{"protocol": "TCP", "port": 80}]}],
    },
    "podDisruptionBudget": {"enabled": True, "maxUnavailable": "50%"},
    "serviceMonitor": {
        "enabled": True,
        "interval": "1m",
        "labels": {"release": "prometheus"},
        "tokenSecret": {"name": "image-factory-metrics", "key": "token"},
    },
}
