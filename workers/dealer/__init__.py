"""The dealer of correlations as a node: draws masks of weights, deals sets ahead, hands each party its half.

It knows programs and masks. It never receives a message of a computation, and has no way to the link between the
parties: no module here imports one.

Who reads this node's folder reads R_w and every set that waits. With either party's W^ that is the model, and with
the line between the parties every image: run the dealer in a house of its own, its disk in no backup.
"""
