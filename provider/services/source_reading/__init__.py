"""Which Dockerfiles are read, when, and how: `schedule.py` gives the names of the images that are due.

`dockerfiles.py` reads what an image is built from, and `source_reads.py` keeps reads that outlast a round.
"""
