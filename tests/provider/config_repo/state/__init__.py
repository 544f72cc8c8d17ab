"""What the service writes, and reads again."""
