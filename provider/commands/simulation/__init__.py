"""`image-factory simulate`: its arguments, and what it prints."""
