"""A real Elasticsearch on this machine, from Elastic's own build, for users who have none and for the tests.

`python -m deploy.elasticsearch start|stop|status`; the README beside this file says what it does. Needs nothing but the standard
library and `trustme` (certificates): it neither imports nor needs the client.

    artifact    the pinned server: fetched through Maven, checked, unpacked once; Java 17 and Maven installed where missing
    plan        what a folder holds: nodes, ports, heap, user; written down at the first start
    files       configuration, certificates and key store of each node
    nodes       starts, stops and looks at the server processes
    health      waits until the cluster answers
"""
