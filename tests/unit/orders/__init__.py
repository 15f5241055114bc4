"""Orders about rules. The contract's failures are shown in full."""

import pytest

pytest.register_assert_rewrite("tests.unit.orders.contract")
