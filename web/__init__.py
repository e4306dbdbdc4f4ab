"""The HTTP side: routes beside the pages."""
