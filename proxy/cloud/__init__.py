"""Credentials of the clouds' registries, by the clouds' own libraries: Amazon ECR, Google Artifact Registry, Azure.

Start in `ecr.py`; it, `gar.py` and `acr.py` each issue credentials for one cloud's hosts with the identity that the
service runs with. `offers.py` decides which clouds are asked, `sending.py` sends the libraries' requests through our
transport. A library is an optional extra (`aws`, `gcp`, `azure`), imported when its first host is asked for.
"""
