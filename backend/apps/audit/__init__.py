"""The hash-chained record of who did what. It decides nothing."""
