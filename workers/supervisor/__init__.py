"""`primia up`: which processes make the platform, in which order, and what happens when one dies. It knows no tasks."""
