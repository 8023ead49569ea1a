"""The advisers' console and their API: list, thread, person, search, transcripts."""
