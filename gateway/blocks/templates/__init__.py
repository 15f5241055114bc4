"""The texts of notices about senders: the first line is the subject, the rest the body; `string.Template` places."""
