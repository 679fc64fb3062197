"""The tests, room by room as the product is."""
