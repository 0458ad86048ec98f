"""The apps of the platform, one noun each."""
