"""`quantummind report`: a run as one HTML page that opens from a file; `quantummind dashboard`: the same page, live."""
