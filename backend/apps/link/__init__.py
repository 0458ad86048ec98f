"""The HTTP side of the site link. It holds no rows of its own."""
