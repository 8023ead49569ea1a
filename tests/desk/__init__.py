"""Tests of the desk's core."""
