"""Whole aggregates in and out, under lock; one module per aggregate."""
