"""The pages of the demo's own GitHub and registry, so that each link of the service leads to what is there.

`page.py` makes the HTML, `github_pages.py` and `registry_pages.py` the content of each site from its state, and
`servers.py` answers with them beside the API of the site.
"""
