"""Content-addressed blobs and who may read them. It does not know what they mean."""
