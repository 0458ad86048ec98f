"""The hospital's agent: a Celery worker that obeys the plans its own site has signed, and writes down what leaves.

It knows neither the backend nor Django.
"""
