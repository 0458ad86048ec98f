"""Three hospitals on one machine: the platform, shown whole. It uses the doors that everybody uses, and no other."""
