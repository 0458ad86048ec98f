"""Keep what jobs have found, and draw what an audit may show."""

from backend.apps.evidence.services.records import attack_audit_record, evaluation_record

__all__ = ["attack_audit_record", "evaluation_record"]
