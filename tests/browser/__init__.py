"""The product as people see it, in a real Chromium: the visitor's chat and the adviser's console."""
