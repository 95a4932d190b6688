"""The web app: pages made on the server, on the same calls as the API."""
