"""The marks that performance has to reach: ratios against named peers, measured in turn on the same machine."""
