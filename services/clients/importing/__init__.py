"""Bringing data in: files of others are read, understood, repaired and committed, and can be taken back.

What a cell, a column and a row mean is pure (``cells``, ``dates``, ``headers``, ``targets``, ``rows``); what people
upload is read by ``libs.common.uploads``, which trusts none of it; ``steps`` does the work in slices that may be killed
at any moment.
"""
