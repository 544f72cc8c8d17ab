"""What a source says about the images that an image is built from, and the state after that. Pure.

In: what was read of Dockerfiles, enrollments and labels. Out: the dependencies of an image. Start in `outcome.py`;
`dependencies.py` merges all references of one image, `platforms.py` says for which platforms a file is read.
"""
