"""Reading the dependency graph from the index."""
