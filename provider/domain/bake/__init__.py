"""Reads bake files of buildx, in HCL or JSON: which Dockerfiles a target builds, and what it passes to each. Pure.

In: the text of a bake file, and the name of a target. Out: one `BakeBuild` for each Dockerfile. Start in `builds.py`;
`hcl.py` and `json_file.py` read the two syntaxes into the blocks of `blocks.py`; `expressions.py` expands variables.
Source of the rules: buildx's documentation, "Bake file reference".
"""
