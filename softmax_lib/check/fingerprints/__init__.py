"""How known mistakes show themselves, by behaviour: wrong formulas, and signs in the numbers."""
