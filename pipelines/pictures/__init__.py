"""Reads pictures: codes by zxing-cpp, print by rapidocr, each in a process of its own that a hostile file may kill.

`caps` holds the limits, `sniff` refuses what is no picture before anything decodes it, `worker` is what runs in the other process
(`frames` decodes, `code_reader` and `text_reader` look), `pool` starts, feeds and ends the workers, `reading` is what comes back,
`observe` puts it into an observation. `certificate_list` reads a company's list of certificates. May import `detectors`,
`keywords` and `pipelines.errors`; nothing here fetches anything.

Only bytes and JSON pass between the processes: a decoder that was taken over can lie about its picture, and no more.
"""
