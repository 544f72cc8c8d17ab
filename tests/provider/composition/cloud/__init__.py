"""Private images of clouds, from the environment of the service to digests and versions."""
