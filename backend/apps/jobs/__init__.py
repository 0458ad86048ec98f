"""Jobs, their rounds and the tasks of their sites. It runs nothing itself."""
