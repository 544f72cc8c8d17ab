"""Source repositories that Dockerfiles come from, one file each."""
