"""The API of reader studies."""
