"""What a report says: one module for each chapter, from a dossier to sections of the tree."""
