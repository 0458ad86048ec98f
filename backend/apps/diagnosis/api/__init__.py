"""The API of diagnosis, one module a noun. A view checks, calls one service or selector, and tells what came of it."""
