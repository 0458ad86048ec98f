"""Read jobs, rounds and tasks; whatever a user asks for starts at what that user may see."""
