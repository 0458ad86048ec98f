"""Reporting checklists: for each item what the platform knows, where it stands, or honestly that only the authors can say.

The wording of items is ours and short; the guidelines themselves say more, and are to be read.
"""
