"""The root of every error that PriMIA raises on purpose. Each package draws its own branch in its ``errors.py``."""


class PrimiaError(Exception):
    """An error with a stable, machine-readable code.

    The message gives the value, the limit and the next step, and never a secret. Subclasses set ``code`` as
    ``"<package>.<what>"``; it appears unchanged in the API's ``{code, message}`` and in the command line's ``--json``.
    """

    code: str = "primia.error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
