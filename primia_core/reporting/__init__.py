"""Reports of evidence: from recorded results to HTML, PDF, CSV and JSON, the same bytes for the same inputs.

It computes no figure of its own and knows no platform; it needs no torch.
"""
