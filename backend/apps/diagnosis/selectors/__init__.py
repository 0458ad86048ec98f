"""Read nodes, services and diagnoses, starting at what a user may see."""
