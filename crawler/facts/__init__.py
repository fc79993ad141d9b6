"""What the network and registries say about a host.

For the sweep: `dns` asks the configured name servers, `tls` reads the certificate Scrapy was shown. For everything about one name,
`survey` puts together `dns_survey` (rounds), `tls_look` (a bare handshake), `registration` (`rdap`, `whois`, each server in its `turns`)
and `network` (a local table); `kept` remembers answers until they expire. Which registry answers for a suffix is in
`data/registries.csv`.

Every fact that could not be had is `Unknown(reason)`. To add a fact, add a module that returns it, a field to
`detectors.name_facts.NameFacts`, and join it in `survey`.
"""
