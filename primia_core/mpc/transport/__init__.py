"""How the parties of encrypted inference talk to each other: connections, refusals, counters, deadlines.

frames -> channel -> link      over a pipe: tcp (TLS 1.3, mesh.py finds the peers) or memory
shaped                         any link, with latency and a bandwidth limit
drive + counters               runs a party's steps over a link
"""
