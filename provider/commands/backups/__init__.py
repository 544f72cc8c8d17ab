"""`image-factory backup` and `restore`: their arguments, their help, and what they print."""
