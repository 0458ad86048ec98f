"""The owner of a model as a node: makes a secure program of a trained network, and shares its weights out.

Here alone the weights are in the clear, and here alone is torch. What leaves is the program, figures about it, a
commitment to the weights, and two sealed shares of which neither says anything by itself.
"""
