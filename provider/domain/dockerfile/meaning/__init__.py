"""What a build makes of the stages of a Dockerfile: which images it pulls, for what, and for which platforms.

In: the stages of a file. Out: references with roles and platforms, in `found.py`. Start in `bases.py`, which says
what a stage is built from; `links.py` says where it takes files from, and `views.py` which stages the target needs.
"""
