"""What an image is, and how Backstage sees it. Pure: no I/O, no clock, no environment."""
