"""An evaluation as figures and a page.

A folder of identities comes in; metrics, plots and an HTML report go out.
"""
