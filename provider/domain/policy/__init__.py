"""Who may do what: the rules of policy.yaml, and what they let an entry of a team's file do. Pure.

In: a `Policy` and an enrollment. Out: its `Authority`, and the `Refusal` of each field that no rule allows. Start in
`authority.py`; `rules.py` has the values, `patterns.py` matches a text with a pattern, and
`removals.py` says which removals wait for an admin. `unsupported.py` has what the service itself does not do for an
enrollment.
"""
