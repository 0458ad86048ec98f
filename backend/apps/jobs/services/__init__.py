"""Everything that changes a job, its rounds and its sites' tasks. Each module owns one noun or one move.

Whoever writes rows of a job holds the job's row first (``locking``), so that no two writers ever wait for each other
in a circle.
"""
