"""The texts of notices: the first line is the subject, the rest the body; `string.Template` places."""
