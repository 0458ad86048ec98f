"""People and programs: users, session log-in, bearer tokens. It does not know what a role permits."""
