"""Demonstration data: a small shop of our own, Moss & Ember, with outdoor and kitchen things. Words, numbers and pictures are made here."""
