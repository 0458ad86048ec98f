"""Encrypted inference: two compute parties and an isolated dealer run a trained network on a secret-shared image."""
