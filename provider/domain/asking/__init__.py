"""What people ask for: rebuilds, emergencies, holds and skipped digests. Pure.

In: requests from the queue and the state of images. Out: the changed state, and an outcome for each request. Start in
`carrying_out.py`; `request.py` has the requests, `asked.py` what an image's state keeps of them.
"""
