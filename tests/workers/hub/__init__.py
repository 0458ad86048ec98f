"""Tests of the coordinator's workers."""
