"""The texts of letters about a mailbox's life: the first line is the subject, the rest the body; places as `$name`."""
