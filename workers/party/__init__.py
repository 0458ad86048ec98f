"""A compute party of a diagnosis: computes on its share with the other party, and seals the answer for the requester.

It knows neither the hub's database nor the requester; of an image it has one share, of the weights W^ and its own half.
"""
