"""Encrypted inference on one machine: both parties and the dealer as processes, for benchmarks and trials.

The processes talk as they would between institutions, over TLS with pinned certificates, but one operator runs them
all: here nothing is hidden from anybody. Torch is not needed.
"""
