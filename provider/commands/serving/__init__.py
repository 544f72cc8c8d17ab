"""The processes of the web server: `web_server.py` starts it, `web_process.py` answers requests."""
