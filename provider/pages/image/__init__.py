"""The pages of one image: its overview, its versions and its builds.

Start in `tabs.py`, which looks an image up and names its pages. `labels.py` and `run_labels.py` have words and signs;
`upstream.py` gets what pages show of registries and GitHub.
"""
