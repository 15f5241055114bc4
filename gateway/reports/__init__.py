"""Reports that the regulations ask for: figures out of the stores, laid out as Vietnamese offices write them.

`figures` decide nothing and read nothing: values out of rows. `gather` reads the stores, a page at a time. `told` makes
a document of the figures, `render` a file of the document. None of it is on the path of a message, and none of it
changes what it reads.
"""
