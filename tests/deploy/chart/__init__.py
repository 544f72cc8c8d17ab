"""Tests of the Helm chart: rendered by the Helm 4 engine, and validated by the schemas of Kubernetes."""
