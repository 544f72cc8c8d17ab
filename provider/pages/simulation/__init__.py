"""The page /simulate: what other policies would have built."""
