"""The builder of all pages: a page's data and its template become one HTML file that needs nothing else."""
