"""Reports of model versions: assembled from rows here, drawn in a process of their own."""
