"""Consortia, their members and their sites. It does not know jobs or data."""
