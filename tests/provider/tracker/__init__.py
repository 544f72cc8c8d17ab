"""The release tracker, room by room."""
