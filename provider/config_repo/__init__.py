"""The config repository: what people write, what the service writes, and the git side of both.

`enrollments/` reads and edits people's text, `state/` the service's, `repository/` commits and pushes. Start in
`layout.py`, which says which path holds what, then in `state/snapshot_store.py`.
"""
