"""What models are worth and what they give away: evaluations and attack audits. It computes neither."""
