"""What a consortium runs and who may do what: rows, rules and the API. It never imports ``workers``."""
