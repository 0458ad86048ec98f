"""Cursor pages: stable under inserts, and as fast on the last page as on the first."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Pages of ``{next, previous, results}``, newest first unless a view orders otherwise."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-created_at", "-id")
