"""The coordinator's workers, beside the database. They run the backend's services and hold no state."""
