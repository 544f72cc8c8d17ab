"""What the service does at the site that hosts the config repository."""
