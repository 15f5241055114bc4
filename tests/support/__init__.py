"""Real services for tests and benchmarks, each in a temporary folder of its own, on loopback, bounded in time.

Knows how to start, watch and stop processes; knows nothing of what a test wants to prove.
"""
