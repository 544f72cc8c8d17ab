"""The list of what is wrong now, for the API and the page."""
