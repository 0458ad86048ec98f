"""Read reader studies, each reader and coordinator what they may know."""
