"""The processes: beside the database (`hub`), at a hospital (`site`), between them (`link`), and who starts them."""
