"""The spam filter's client: a message and its envelope go out, points and symbols come back. Knows no policy."""
