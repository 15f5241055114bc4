"""Settings of retention: how long the content of decisions is kept, by class. Each is documented on its field."""

from __future__ import annotations

from pydantic import Field

from gateway.config_values import Count, Section


class Retention(Section):
    """Days after which a decision's content is taken away, its hash kept; 0: never (docs/retention.md)."""

    accepted: Count = Field(default=0, ge=0, le=36_500, description="Messages that went on without a finding.")
    observed: Count = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Messages that went on with a finding (observed rules, tags), and what became known of one later.",
    )
    refused: Count = Field(default=0, ge=0, le=36_500, description="Messages that were refused or deferred.")
    actions: Count = Field(default=0, ge=0, le=36_500, description="What people did and noted: actions and reviews.")
