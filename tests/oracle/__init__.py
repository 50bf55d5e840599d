"""The oracle: what the collector's tables must say, computed from Kafka's records alone.

Written from the contract, slow and obvious on purpose, and by other means than the collector:
Python's own JSON and time zones, everything in memory, nothing incremental where it can be
computed from the start. Where both disagree, the contract decides who is wrong.
"""
