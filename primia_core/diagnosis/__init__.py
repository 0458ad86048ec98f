"""A diagnosis: what a service promises, how a picture is shared and sealed for it, and how its answer is opened.

Knows no HTTP, no database and no clock; moments come in as ``now``.
"""
