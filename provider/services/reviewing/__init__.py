"""What the service does at the site that hosts the config repository, GitHub or GitLab.

In: a planned edit, or a snapshot of a commit that was applied. Out: a pull request, or a mark beside the commit.
`marking.py` sets the marks.
"""
