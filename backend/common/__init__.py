"""What every app shares: errors, pages, tasks by name, health. It knows no app."""
