"""The listener's room: SMTP from strangers into sessions and spooled messages. It holds no policy."""
