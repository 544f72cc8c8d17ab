"""The templates with which teams build, and the script that each of them runs.

`running.py` runs the script in each shell with an engine that records its arguments; `test_real_build.py` builds with
buildah and a registry.
`python -m tests.ci_templates` (`make ci-templates`) puts the script into the templates; `embedding.py` says where.
"""
