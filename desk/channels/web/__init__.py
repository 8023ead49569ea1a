"""The website: chat API and its sessions."""
