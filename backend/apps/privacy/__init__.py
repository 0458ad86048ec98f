"""What studies have spent of their privacy budgets, as the sites themselves report it."""
