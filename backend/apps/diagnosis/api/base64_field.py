"""Bytes in JSON."""

import base64
import binascii

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field(OpenApiTypes.BYTE)
class Base64Field(serializers.Field):
    """Base64 of the standard alphabet, padded; whatever is not exactly that is refused."""

    default_error_messages = {"base64": "Send base64 of the standard alphabet, padded, without white space."}

    def to_internal_value(self, data: object) -> bytes:
        """Decode."""
        try:
            return (
                base64.b64decode(data.encode("ascii"), validate=True) if isinstance(data, str) else self.fail("base64")
            )
        except (binascii.Error, ValueError):
            self.fail("base64")

    def to_representation(self, value: bytes) -> str:
        """Encode."""
        return base64.b64encode(value).decode()
