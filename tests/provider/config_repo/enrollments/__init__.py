"""What people write, read and edited."""
