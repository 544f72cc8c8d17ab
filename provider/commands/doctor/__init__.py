"""`image-factory doctor`: its arguments, its help, and what it prints."""
