"""Docker Hub's own API: what its registry does not tell (sizes, times and platforms of tags)."""
