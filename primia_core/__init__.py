"""The science of PriMIA: plain Python, NumPy and PyTorch.

It knows no Django, Celery or Redis; it speaks HTTP only in ``client``.
"""
