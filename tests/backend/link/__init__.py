"""Tests of `link`."""
