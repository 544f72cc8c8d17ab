"""Where secrets are read, and how they are hidden."""
