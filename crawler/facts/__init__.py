"""What the network and registries say about a host. `dns` asks the configured name servers, `tls` reads a shown certificate.

Every fact that could not be had is `Unknown(reason)`. To add a fact, add a module that returns it and join it in `spiders.site`.
"""
