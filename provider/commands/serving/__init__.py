"""The processes of the web server: `web_server.py` starts it, `web_entry.py` is where its process begins.

`web_process.py` makes what answers requests.
"""
