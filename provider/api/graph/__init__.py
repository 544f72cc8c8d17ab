"""The dependency graph of an image by API."""
