"""Privacy: who looked at what, how long it is kept, and erasure."""
