"""Ways to the outside; only ``wiring`` picks among them."""
