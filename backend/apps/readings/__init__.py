"""Reader studies: people and models read the same pictures, which never reach the server."""
