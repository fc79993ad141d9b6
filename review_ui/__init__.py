"""Where staff decide: server-rendered Chinese pages. The only room that imports FastAPI; never fetches a suspect address.

`app` puts it together, `views` has one file per noun, `permissions` says who may do what, `wording` holds every Chinese label.
"""
