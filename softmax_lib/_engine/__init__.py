"""How a formula meets a large array: checked arguments, tiles, sums in pairs, and the shift.

The chapters' modules hold the formulas, in the words of this engine; it knows no chapter. Its
modules build on one another in this order: ``arrays``, ``tiles``, ``reductions``, ``targets``,
``shift``.
"""
