"""Pictures made for people to look at.

Images, annotations and metrics come in; annotated images, plots and HTML pages go out.
"""
