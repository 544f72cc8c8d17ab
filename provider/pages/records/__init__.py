"""What happened and what is wrong, over all images: rebuilds, changes of base images, the audit, problems.

Start in `adding.py`. `query.py` reads what the pages have in common from the address, `periods.py` the period.
"""
