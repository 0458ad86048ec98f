"""Change nodes, services and diagnoses. Each change locks the service that it is about, before anything else of it."""
