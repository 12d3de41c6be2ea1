"""Makes the pages that follow from the code, the pictures that follow from measurements, and the site of all pages."""
