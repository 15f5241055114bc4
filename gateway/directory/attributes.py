"""Where LDAP servers keep what the directory needs: attribute maps of OpenLDAP, Zimbra and Active Directory.

Data, no I/O. A map's attribute that is "" is not read: what stands in the directory then stays as it is. Several names
are tried in order ("displayName cn"), or read together where there are many values ("zimbraMailForwardingAddress …").
docs/ldap.md lists the maps; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from gateway.who import State

NAMES: Final = (
    "address",
    "holder",
    "unit",
    "aliases",
    "forwards",
    "delegates",
    "state",
    "disabled",
    "created",
    "note",
    "kind",
    "group",
    "members",
)
"""What `[ldap.attributes]` may say otherwise."""


@dataclass(frozen=True, slots=True)
class AttributeMap:
    """Attribute names, blank-separated, and what values mean. Names are compared without regard to case.

    `address`: the mailbox's address; of several values the one that the directory knows, else the first. `holder`,
    `unit` (a unit's code or name), `created` (generalized time), `note`: text. `aliases`, `forwards`, `delegates`:
    addresses, or DNs of entries that were read too. `state`: looked up in `states` (lower case); `disabled`: a number
    whose bit 2 means locked (userAccountControl). `kind`: a value of `unit_kinds` means a unit's mailbox. `group`: a
    group's address; `members`: addresses or DNs. `domain`, `domain_target`: a domain that stands for another.
    """

    filter: str
    group_filter: str = ""
    domain_filter: str = ""
    address: str = "mail"
    holder: str = "displayName cn"
    unit: str = ""
    aliases: str = ""
    forwards: str = ""
    delegates: str = ""
    state: str = ""
    states: Mapping[str, State] = field(default_factory=dict)
    disabled: str = ""
    created: str = ""
    note: str = ""
    kind: str = ""
    unit_kinds: frozenset[str] = frozenset({"unit"})
    group: str = "mail"
    members: str = ""
    domain: str = ""
    domain_target: str = ""

    def but(self, attributes: Mapping[str, str]) -> AttributeMap:
        """This map with other attribute names. ValueError names what there is, for a key that is none."""
        if unknown := sorted(attributes.keys() - set(NAMES)):
            raise ValueError(f"no such attribute: {', '.join(unknown)}; there are {', '.join(NAMES)}")
        texts: dict[str, Any] = dict(attributes)
        return replace(self, **texts)

    def wanted(self) -> list[str]:
        """Every attribute to ask the server for."""
        names = (getattr(self, one.name) for one in fields(self) if one.name in (*NAMES, "domain", "domain_target"))
        return sorted({name for value in names for name in value.split()})


_ZIMBRA_STATES: Final = {
    "active": State.ACTIVE,
    "maintenance": State.ACTIVE,  # for a while, by an administrator: mail waits
    "lockout": State.ACTIVE,  # for a while, after wrong passwords
    "pending": State.LOCKED,
    "locked": State.LOCKED,
    "closed": State.RECLAIMED,
}

MAPS: Final[Mapping[str, AttributeMap]] = {
    # RFC 2798 (inetOrgPerson), RFC 4519, RFC 4524 (mail); mailLocalAddress: draft-lachman-laser-ldap-mail-routing
    "openldap": AttributeMap(
        filter="(&(objectClass=inetOrgPerson)(mail=*))",
        group_filter="(&(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=nisMailAlias))(mail=*))",
        unit="departmentNumber ou",
        aliases="mailLocalAddress",
        note="description",
        members="member uniqueMember rfc822MailMember",
    ),
    # Zimbra's attributes as its own reference (zimbra-attrs.xml) names them
    "zimbra": AttributeMap(
        filter="(&(objectClass=zimbraAccount)(!(objectClass=zimbraCalendarResource))(!(zimbraIsSystemAccount=TRUE)))",
        group_filter="(objectClass=zimbraDistributionList)",
        domain_filter="(&(objectClass=zimbraDomain)(zimbraDomainType=alias))",
        address="zimbraMailDeliveryAddress",
        unit="ou",
        aliases="mail zimbraMailAlias",
        forwards="zimbraMailForwardingAddress zimbraPrefMailForwardingAddress",
        state="zimbraAccountStatus",
        states=_ZIMBRA_STATES,
        created="zimbraCreateTimestamp",
        note="zimbraNotes",
        group="mail zimbraMailAlias",
        members="zimbraMailForwardingAddress",
        domain="zimbraDomainName",
        domain_target="zimbraMailCatchAllForwardingAddress",
    ),
    # Active Directory and Exchange: the schema as Microsoft documents it ([MS-ADA1] to [MS-ADA3])
    "active-directory": AttributeMap(
        filter="(&(objectCategory=person)(objectClass=user)(mail=*))",
        group_filter="(&(objectClass=group)(mail=*))",
        unit="department",
        aliases="proxyAddresses",
        forwards="altRecipient msExchGenericForwardingAddress targetAddress",
        delegates="publicDelegates",
        disabled="userAccountControl",
        created="whenCreated",
        note="info",
        kind="msExchRecipientTypeDetails",
        unit_kinds=frozenset({"4"}),  # a shared mailbox; its account is disabled by design
        members="member",
    ),
}
"""By the name that `ldap.map` has."""
