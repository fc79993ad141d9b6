"""What workers share while a sweep runs, on a Redis server: the frontier, notes, pauses, turns at sites, pages to render.

Nothing here is the case: leads, observations and evidence are in the store and the vault, run reports too. What is lost with a
Redis costs questions asked twice, never a finding. Values are JSON or MessagePack with types, never pickles: who can write into
Redis must not be able to run anything here.

Every step that must be whole is one Lua script (`*.lua`), timed by the server's clock, so that workers need not agree on the hour.
`connection` is the one place that knows what trouble with a server looks like. Imports ports, settings, errors and the model.
"""
