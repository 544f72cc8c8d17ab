"""What the operation of the service leaves in the database: acts of callers, problems, requests for checks.

In: records of the services and of the web part. Out: the same records, newest first where they are a history. Start in
`audit.py`.
"""
