"""What can go wrong in a federation.

NotAllowed
  RoleMissing            federations.role_missing
NotAuthenticated
  EnrolmentRefused       federations.enrolment_refused
  CredentialUnknown      federations.credential_unknown
Conflict
  SiteTaken              federations.site_taken
  FingerprintDiffers     federations.fingerprint_differs
  FederationFull         federations.full
InvalidInput
  IdentityRefused        federations.identity_refused
"""

from backend.common.errors import Conflict, InvalidInput, NotAllowed, NotAuthenticated


class RoleMissing(NotAllowed):
    """The user sees the federation but does not have the role that this needs."""

    code = "federations.role_missing"


class EnrolmentRefused(NotAuthenticated):
    """The invitation is unknown, used by another identity, or too old."""

    code = "federations.enrolment_refused"


class CredentialUnknown(NotAuthenticated):
    """The site credential is not known."""

    code = "federations.credential_unknown"


class SiteTaken(Conflict):
    """The federation has a site of this name, or one with this identity."""

    code = "federations.site_taken"


class FingerprintDiffers(Conflict):
    """The fingerprint that a person read out is not the one that the site published."""

    code = "federations.fingerprint_differs"


class FederationFull(Conflict):
    """The federation has as many sites as a sum can hold."""

    code = "federations.full"


class IdentityRefused(InvalidInput):
    """The published identity cannot be read."""

    code = "federations.identity_refused"
