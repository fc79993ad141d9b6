"""The practice range: a pretend internet on loopback (design rule 7).

An authoritative name server and a forward proxy with its own CA stand in front of the hosts declared in `hosts/`, one folder each with its
ground truth. The product reaches it with its ordinary settings only (`dns.nameservers`, `egress.proxy`). To add a host, add a folder
`hosts/<a-label>/host.toml` and run `python -m deploy.range check`; to add something a host *does*, add a function to `behaviours/`.
`README.md` tells how the engines and platforms answer.
"""
