"""Claims about any history, against the oracle (tests/oracle/)."""
