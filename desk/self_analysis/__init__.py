"""The result of the self-analysis as a picture (for LINE) and as a one-page sheet to keep. Payload in, bytes out."""
