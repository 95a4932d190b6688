"""Reports of deals: each figure is added up from the same cells, so that no two of them differ."""
