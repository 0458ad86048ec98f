"""The append-only record of what happened in a job, and its live stream. It decides nothing."""
