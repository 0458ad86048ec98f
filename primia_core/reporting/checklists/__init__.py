"""Reporting checklists: for each item what the platform knows and where it stands, or that only the authors can say.

The wording of items is ours and short; the guidelines themselves say more, and are to be read.
"""
