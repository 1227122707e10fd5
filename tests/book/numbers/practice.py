"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

HELD = {}
