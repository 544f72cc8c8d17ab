"""Who may do what: the rules of policy.yaml, and what they let an entry of a team's file do. Pure.

In: a `Policy` and an enrollment. Out: its `Authority`, and the `Refusal` of each field that no rule allows. Start in
`authority.py`; `rules.py` has the values, and `patterns.py` matches a text with a pattern. `conditions.py` says what
depends on more than the files, `removals.py` which removals wait for an admin, and `unsupported.py` what the service
itself does not do for an enrollment.
"""
