"""The texts of letters that carry reports: a subject, an empty line, a body with places."""
