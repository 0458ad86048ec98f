"""The figures of reports, each drawn once for page and paper. They compute nothing that they show."""
