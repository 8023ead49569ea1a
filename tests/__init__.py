"""The suite: one folder a room; helpers shared by several rooms stand beside this file."""
