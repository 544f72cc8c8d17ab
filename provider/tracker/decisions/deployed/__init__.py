"""What has to be updated: the deployed version against the latest release that is not skipped. Pure.

`comparing.py` compares one version with the releases of its repository; `updates.py` has the result for a repository.
"""
