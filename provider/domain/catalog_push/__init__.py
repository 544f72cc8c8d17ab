"""When Backstage is asked to read the catalog again, and which of its locations read it. Pure.

In: the tag of the catalog, the last pushes and the time; the Location entities of Backstage. Out: when the next push is
due; the locations to refresh. Start in `pacing.py`.
"""
