"""Benchmarks of the whole gateway against its peers, on the services that the tests start (tests/support)."""
