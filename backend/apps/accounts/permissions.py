"""What a token's scopes permit. What its user may see is each app's own selectors' to say."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from backend.apps.accounts.models import ApiToken, Scope


class ScopeAllows(BasePermission):
    """Let sessions pass; let a token pass when it has the scope that the view asks for.

    A view sets ``read_scope`` (default ``read``) and ``write_scope`` (default none: tokens may not write there). Where
    one of several scopes will do, it sets a set of them.
    """

    message = "This token lacks the scope for that; make another one, or use a session."

    def has_permission(self, request: Request, view: object) -> bool:
        """Say whether the request's token, if it has one, covers the view's scope."""
        if not isinstance(request.auth, ApiToken):
            return True
        if request.method in SAFE_METHODS:
            wanted = getattr(view, "read_scope", Scope.READ)
        else:
            wanted = getattr(view, "write_scope", None)
        enough = {wanted} if isinstance(wanted, str) else wanted or frozenset()
        return not enough.isdisjoint(request.auth.scopes)
