"""Values for config.example.toml: a working edge gateway, and the other places where a gateway can stand."""

from __future__ import annotations

VALUES = {
    "hostname": '"gw.tinh.example"',
    "data_dir": '"/var/lib/congthu"',
    "domains": '["tinh.example"]',
    "regulation": '"angiang-50-2009"',
}
LISTENER = {"name": '"inbound"', "bind": '"0.0.0.0:25"', "direction": '"inbound"', "upstream": '"mailserver"'}
UPSTREAM = {"hosts": '["10.0.0.5:25"]'}

_RULES = """\
# A rule's name and how it runs: "enforce" (refuse), "observe" (record, let pass) or "off"; left away: the rule's own
# default. As a table, a listener's name or a direction takes precedence over the mode, and the rule's parameters over
# those of the regulation.
[rules]
#attachment-cap = { mode = "enforce", inbound = "observe", limit = "15MiB" }
#own-domain = "enforce"
#dangerous-type = { more = ["dwg"], allow = ["mdb"] }
#unscannable = { mode = "enforce", inbound = "observe", encrypted = "observe", unchecked = "observe" }
#malware = { mode = "enforce", unavailable = "tempfail" }
# "enforce" leaves inbound mail alone here, which is tagged; to refuse that, too, say so: inbound = "enforce".
#vietnamese-charset = { mode = "enforce", damaged = 4, quoted = "observe", outside = "observe", tag = true }
#secret-marking = { mode = "enforce", quoted = "enforce", unmarked = "observe" }
#vietnamese-diacritics = { mode = "observe", syllables = 20, share = 0.9 }
# Who writes, and what may be asked for (docs/sender-rules.md, docs/request-channel.md). The channels stand in
# [[request_channel]], the providers of the public in directory.providers; a rule may have its own list of them.
#request-channel = { mode = "enforce", score = 0.5 }
#request-content = { mode = "observe", score = 0.5, rows = 1 }
#own-address = { mode = "enforce", unknown = "observe" }
#mailbox-state = { mode = "enforce", locked_receives = true, reclaimed_receives = false }
#private-mailbox = { mode = "observe", providers = ["mail.example", "-fpt.vn"] }
#auto-forward = { mode = "observe", providers = ["mail.example", "-fpt.vn"] }
# What leaves us (docs/throttle.md, docs/senders.md, docs/spam.md). The limits stand in [limits].
#outbound-throttle = { mode = "enforce", unavailable = "pass" }
#blocked-sender = "enforce"
#spam = { mode = "enforce", tag = "rspamd", refuse = "rspamd", outgoing_refuse = 10, unavailable = "pass" }
#own-server = { mode = "observe", systems = ["soxaydung.example", "*.soxaydung.example"] }
#password-policy = "observe"     # runs with [passwords] watch = true only (docs/password-policy.md)
"""

# Keys without a default, or with an empty one: what an entry looks like.
EXAMPLES = {
    "rules": _RULES,
    "Gateway.pass_key": '"/etc/congthu/pass.key"',
    "Gateway.node": '"gw1"',
    "Gateway.contact": '"Phong CNTT, 0296-3xxxxxx"',
    "Profile.pattern": '"*.q4@tphcm.gov.vn"',
    "Profile.regulation": '"tphcm-q4-03-2013"',
    "Store.shared": '"redis://10.0.0.6:6379/0"',
    "Listener.certificate": '"/etc/congthu/tls/fullchain.pem"',
    "Listener.key": '"/etc/congthu/tls/privkey.pem"',
    "Listener.auth": "true",
    "Listener.auth_required": "true",
    "Listener.devices": '[{ network = "10.0.7.0/24", sender = "scanner@tinh.example" }]',
    "Listener.proxy_protocol": '["10.0.0.2"]',
    "Listener.xclient": '["10.0.0.5"]',
    "Listener.xforward": '["10.0.0.5"]',
    "Listener.post_dot_timeout": '"5m"',
    "UpstreamConfig.maildir": '"maildir"',
    "UpstreamConfig.tls_verify": "true",
    "UpstreamConfig.tls_ca": '"/etc/ssl/certs/ca-certificates.crt"',
    "UpstreamConfig.tls_name": '"mail.tinh.example"',
    "Listener.sign": "true",
    "Authentication.authserv_id": '"gw.tinh.example"',
    "Authentication.servers": '["10.0.0.3:53"]',
    "Authentication.binding_domains": '["tinh.example"]',
    "Authentication.login_domain": '"tinh.example"',
    "Authentication.login_checked": '["10.0.0.5"]',
    "Dkim.domain": '"tinh.example"',
    "Dkim.selector": '"gw2026"',
    "Dkim.key": '"/etc/congthu/dkim/gw2026.pem"',
    "Imap.host": '"10.0.0.5:993"',
    "Imap.tls_name": '"mail.tinh.example"',
    "Imap.tls_ca": '"/etc/ssl/certs/ca-certificates.crt"',
    "Imap.user": '"congthu"',
    "Imap.password_file": '"/etc/congthu/imap.password"',
    "Access.bind": '"10.0.0.4:9126"',
    "Access.tokens_file": '"/etc/congthu/access.tokens"',
    "Access.certificate": '"/etc/congthu/tls/fullchain.pem"',
    "Access.key": '"/etc/congthu/tls/privkey.pem"',
    "Access.masters": '["backup"]',
    "Access.jobs": '["10.0.0.9"]',
    "Access.programs": '["imapsync"]',
    "Access.device_networks": '["10.0.0.8"]',
    "Access.last_login": '{ url_file = "/etc/congthu/last-login.url" }',
    "Access.ldap": '"zimbra"',
    "LastLogin.url_file": '"/etc/congthu/last-login.url"',
    "LastLogin.complete_since": "2026-01-01",
    "Lifecycle.do": '{ warn = ["mail"], lock = ["mail", "deny-file"], reclaim = ["mail", "command"] }',
    "Lifecycle.free_days": '[{ day = 2026-01-02, name = "Nghỉ bù" }]',
    "Lifecycle.worked_days": "[2026-01-10]",
    "Lifecycle.deny_file": '"/etc/dovecot/deny/congthu"',
    "Lifecycle.command": '["/usr/local/bin/mailbox", "{act}", "{mailbox}"]',
    "Lifecycle.webhook": '"https://qlvb.tinh.example/hop-thu"',
    "Lifecycle.webhook_key_file": '"/etc/congthu/webhook.key"',
    "Lifecycle.templates": '"/etc/congthu/letters"',
    "Doing.warn": '["mail"]',
    "Doing.clear": '["list"]',
    "Doing.lock": '["mail", "deny-file"]',
    "Doing.warn_of_reclaiming": '["mail"]',
    "Doing.reclaim": '["mail", "command"]',
    "Doing.ask": '["mail"]',
    "FreeDay.name": '"Nghỉ bù"',
    "Console.bind": '"127.0.0.1:9180"',
    "Console.certificate": '"/etc/congthu/tls/fullchain.pem"',
    "Console.key": '"/etc/congthu/tls/privkey.pem"',
    "Console.url": '"https://congthu.tinh.example"',
    "Console.public_bind": '"127.0.0.1:9181"',
    "Console.public_url": '"https://tracuu.tinh.example"',
    "Console.oidc": '{ issuer = "https://dangnhap.tinh.example", client_id = "congthu" }',
    "Oidc.issuer": '"https://dangnhap.tinh.example/realms/congchuc"',
    "Oidc.client_id": '"congthu"',
    "Oidc.client_secret_file": '"/etc/congthu/oidc.secret"',
    "Console.trusted_proxies": '["127.0.0.1"]',
    "Copies.address": '"luu-tru@tinh.example"',
    "Copies.upstream": '"archive"',
    "Copies.listeners": '["gui"]',
    "RefusalNotices.listeners": '["gui"]',
    "RefusalNotices.silent": '["spam"]',
    "RefusalNotices.templates": '"/etc/congthu/letters"',
    "Reports.superior": '"ỦY BAN NHÂN DÂN QUẬN 4"',
    "Reports.office": '"VĂN PHÒNG"',
    "Reports.place": '"Quận 4"',
    "Reports.to": '["Ủy ban nhân dân Quận 4"]',
    "Reports.authority": '"KT. CHÁNH VĂN PHÒNG"',
    "Reports.position": '"PHÓ CHÁNH VĂN PHÒNG"',
    "Reports.signer": '"Trần Thị Hoa"',
    "Reports.recipients": '["Như trên", "Chánh Văn phòng"]',
    "Reports.templates": '"/etc/congthu/reports"',
    "Reports.mail_to": '["vanphong@tinh.example"]',
    "Ldap.url": '"ldaps://10.0.0.5:636"',
    "Ldap.base": '"dc=tinh,dc=example"',
    "Ldap.bind_dn": '"cn=congthu,dc=tinh,dc=example"',
    "Ldap.password_file": '"/etc/congthu/ldap.password"',
    "Ldap.filter": '"(&(objectClass=inetOrgPerson)(mail=*))"',
    "Ldap.group_filter": '"(objectClass=groupOfNames)"',
    "Ldap.unit_filter": '"(employeeType=unit)"',
    "Ldap.unit_addresses": '["*.unit@tinh.example"]',
    "Ldap.attributes": '{ holder = "displayName" }',
    "Ldap.ca": '"/etc/ssl/certs/ca-certificates.crt"',
    "RequestChannel.address": '"phongcntt@tinh.example"',
    "RequestChannel.also": '["hotro@tinh.example"]',
    "Notices.upstream": '"mailserver"',
    "Notices.office": '"Văn phòng Ủy ban nhân dân Quận 4"',
    "DirectoryConfig.providers": '["mail.example", "-fpt.vn"]',
    "Notices.sender": '"phongcntt@tinh.example"',
    "Limits.personal": '{ recipients = ["250/minute", "600/hour", "1500/day"], size = ["2GiB/day"] }',
    "Limits.unit_mailbox": '{ recipients = ["500/minute", "1500/hour", "5000/day"] }',
    "Limits.service": '{ recipients = ["1000/minute", "50000/day"] }',
    "Limits.unknown": '{ recipients = ["250/minute", "600/hour", "1500/day"] }',
    "Limits.bounces": '{ recipients = ["600/minute", "6000/hour", "20000/day"] }',
    "Limits.unit": '{ recipients = ["2000/minute", "6000/hour", "20000/day"] }',
    "Limits.domain": '{ recipients = ["5000/minute", "40000/hour", "150000/day"] }',
    "Limits.client": '{ recipients = ["100/minute", "500/hour", "2000/day"] }',
    "Limits.office": '{ recipients = ["2000/minute", "20000/hour"] }',
    "AccountLimits.recipients": '["250/minute", "600/hour", "1500/day"]',
    "AccountLimits.messages": '["60/minute", "300/hour"]',
    "AccountLimits.new_recipients": '["500/day"]',
    "AccountLimits.size": '["2GiB/day"]',
    "LimitOverride.address": '"bantin@tinh.example"',
    "LimitOverride.reason": '"Weekly bulletin to all communes (letter 45/VP)"',
    "LimitOverride.expires": "2030-12-31",
    "LimitOverride.recipients": '["3000/hour", "10000/day"]',
    "LimitOverride.messages": '["300/hour"]',
    "LimitOverride.new_recipients": '["5000/day"]',
    "LimitOverride.size": '["20GiB/day"]',
    "Senders.administrators": '["quantri@tinh.example"]',
    "Rspamd.url": '"http://127.0.0.1:11333"',
    "Rspamd.password_file": '"/etc/congthu/rspamd.password"',
    "Clamd.address": '"unix:/run/clamav/clamd.ctl"',
    "Exemption.rule": '"attachment-cap"',
    "Exemption.reason": '"Sends scanned land maps until the new portal is open (letter 123/STTTT)"',
    "Exemption.expires": "2030-12-31",
    "Exemption.sender": '"*@so.tinh.example"',
    "Exemption.recipient": '"ho-so@tinh.example"',
    "Exemption.network": '"10.0.9.0/24"',
}

_SUBMISSION = """\
[[listener]]
name = "submission"
bind = "0.0.0.0:587"
direction = "submission"
upstream = "submission"
tls = "starttls"
certificate = "/etc/congthu/tls/fullchain.pem"
key = "/etc/congthu/tls/privkey.pem"

[upstream.submission]
hosts = ["10.0.0.5:587"]
tls = "required"
tls_name = "mail.tinh.example"
xclient = true
"""

_OUTBOUND = """\
[[listener]]
name = "outbound"
bind = "10.0.0.4:2525"
direction = "outbound"
upstream = "smarthost"
xforward = ["10.0.0.5"]

[upstream.smarthost]
hosts = ["10.0.0.9:25"]
"""

_PROXY_FILTER = """\
[[listener]]
name = "filter"
bind = "127.0.0.1:10025"
direction = "proxy-filter"
upstream = "reinjection"
xforward = ["127.0.0.1"]

[upstream.reinjection]
hosts = ["127.0.0.1:10026"]
tls = "none"
xforward = true
"""

TOPOLOGIES = (
    (
        "Edge: the Internet -> us -> the mail server. The active [[listener]] and [upstream.mailserver] above are it.",
        "",
    ),
    ("Submission: units' mail programs -> us (STARTTLS, AUTH passed through) -> the mail server.", _SUBMISSION),
    ("Outbound: the mail server -> us -> the smarthost. Put 10.0.0.5 into gateway.trusted_networks.", _OUTBOUND),
    ("Proxy filter: Postfix's or Zimbra's smtpd_proxy_filter -> us -> its reinjection port.", _PROXY_FILTER),
)
