"""URLs of the chat API."""

urlpatterns: list[object] = []
