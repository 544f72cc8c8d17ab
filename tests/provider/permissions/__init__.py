"""Who may do what: one table of callers and acts, and one of webhooks, each cell through the composed web part."""
