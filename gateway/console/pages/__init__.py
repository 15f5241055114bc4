"""One file a page or a few that belong together: each takes a `Visit` and returns a response; routes.py lists them."""
