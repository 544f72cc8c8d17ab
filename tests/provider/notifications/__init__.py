"""Messages: put once, sent once."""
