"""Versions of trained models. It does not know how a model is trained."""
