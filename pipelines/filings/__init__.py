"""备案库: the filing registry as the regulator exported it, what it says about a host, and what people must look up by hand.

`registry` is the seam (SQLite and memory keep it), `lookup` puts its facts on an observation before detectors see it, `queue` lists
the domains nobody could answer for. The registry has no open interface, so nothing here asks the network.
"""
