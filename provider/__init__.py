"""What the service does about an image: it looks, decides, rebuilds and records."""
