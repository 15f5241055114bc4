"""rspamd with rules of the tests' own and nothing else: no Redis, no DNS, no maps. Any user can run it.

What it says of a message is known beforehand: GTUBE (built into rspamd) is rejected, "MUA NGAY" in the subject is worth
8 points, "KHUYEN MAI" 20, "SAU NHE" a soft reject whatever the points, "CAM" a reject whatever the points.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from tests.support.ports import HOST, free_port, listening
from tests.support.processes import Daemon

PASSWORD = "mat khau cua thu nghiem"
# The test string that every spam filter knows, in pieces, so that none takes this file for it.
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*" + b"GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

_RULES = """
local function by_subject(name, words, score)
  rspamd_config:register_symbol{ name = name, type = "normal", score = score, callback = function(task)
    if (task:get_subject() or ""):find(words, 1, true) then return true, 1.0, words end
  end }
end
by_subject("CONGTHU_OFFER", "MUA NGAY", 8.0)
by_subject("CONGTHU_SALE", "KHUYEN MAI", 20.0)
rspamd_config:register_symbol{ name = "CONGTHU_RAW", type = "normal", score = 0.2, callback = function(task)
  local id = task:get_header("Message-ID") or ""
  if id ~= "" then return true, 1.0, id end
end }
rspamd_config:register_symbol{ name = "CONGTHU_FORCED", type = "prefilter", callback = function(task)
  local subject = task:get_subject() or ""
  if subject:find("SAU NHE", 1, true) then task:set_pre_result("soft reject", "later") end
  if subject:find("CAM", 1, true) then task:set_pre_result("reject", "never") end
end }
"""

_CONFIG = """
options {{
  pidfile = "{folder}/rspamd.pid"; tempdir = "{folder}"; hs_cache_dir = "{folder}/";
  cache_file = "{folder}/symbols.cache";
  url_tld = "{folder}/suffixes"; filters = "regexp"; control_socket = "{folder}/control.sock mode=0600";
  explicit_modules = ["settings"]; history_rows = 1; disable_hyperscan = true; max_message = {maximum};
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "file"; filename = "{folder}/rspamd.log"; level = "info"; }}
worker "normal" {{
  bind_socket = "{host}:{port}"; bind_socket = "{folder}/rspamd.sock mode=0600"; count = 1; mime = true;
  task_timeout = 60s;
}}
worker "controller" {{ bind_socket = "{host}:{controller}"; count = 1; password = "{password}"; secure_ip = []; }}
lua = "{folder}/rules.lua"
modules {{ path = "/usr/share/rspamd/plugins/settings.lua"; }}
actions {{ reject = 15; add_header = 6; greylist = 4; }}
settings {{
  leaving {{
    id = "leaving"; request_header = {{ "MTA-Tag" = "^congthu-submission$"; }} apply {{ actions {{ reject = 7; }} }}
  }}
}}
"""


class Rspamd:
    """Listens on a socket in its folder (`socket`) and on a port (`url`); its `controller` wants a password.

    `maximum`: bytes of a message that it takes.
    """

    def __init__(self, *, maximum: int = 64 * 2**20) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-rspamd-"))
        self.port, controller = free_port(), free_port()
        self.url, self.controller = f"http://{HOST}:{self.port}", f"http://{HOST}:{controller}"
        self.socket = f"unix:{self.folder / 'rspamd.sock'}"
        self.log = self.folder / "rspamd.log"
        (self.folder / "suffixes").write_text("example\nvn\ngov.vn\n")
        (self.folder / "rules.lua").write_text(_RULES)
        self._config = self.folder / "rspamd.conf"
        self._config.write_text(
            _CONFIG.format(
                folder=self.folder,
                host=HOST,
                port=self.port,
                controller=controller,
                password=PASSWORD,
                maximum=maximum,
            )
        )
        self.daemon = self._daemon()

    def start(self) -> Rspamd:
        """Start and wait until it answers."""
        self.daemon = self._daemon()
        self.daemon.start()
        self.daemon.wait_until(lambda: listening(self.port), "rspamd", 60)
        return self

    def stop(self) -> None:
        """End it; `start` may follow."""
        self.daemon.stop()
        (self.folder / "rspamd.sock").unlink(missing_ok=True)

    def logged(self, words: str, seconds: float = 60.0) -> str:
        """The newest line of its log with these words, once there is one: it writes it when the answer has gone."""
        deadline = time.monotonic() + seconds
        while not (lines := [line for line in self.log.read_text().splitlines() if words in line]):
            assert time.monotonic() < deadline, f"not logged: {words}"
            time.sleep(0.05)
        return lines[-1]

    def _daemon(self) -> Daemon:
        return Daemon(["rspamd", "-f", "-i", "-c", self._config], self.folder / "output")

    def __enter__(self) -> Rspamd:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
