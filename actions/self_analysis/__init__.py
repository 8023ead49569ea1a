"""The guided self-analysis: plain functions for scoring, reading and wording, and the thin Rasa actions over them."""
