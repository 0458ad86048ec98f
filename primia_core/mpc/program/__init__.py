"""From a trained torch module to a list of secure operations with integer weights, and what that costs in accuracy."""
