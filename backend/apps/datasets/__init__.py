"""What sites report of their cohorts. It holds no image and no count."""
