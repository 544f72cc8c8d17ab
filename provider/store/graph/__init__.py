"""Reading the dependency graph: `image_graphs.py` what is around an image, `dependents.py` what is built from it."""
