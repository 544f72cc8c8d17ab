"""What a person is shown of an enrollment before it is committed: a finding for each field, from answers. Pure.

In: an enrollment, the snapshot, and what sources, registries and build systems answered, or why they did not. Out:
`Findings`. Start in `finding.py`, which has the values; each other module decides about one part of an enrollment.
"""
