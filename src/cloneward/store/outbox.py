"""The outbox: letters that the sandbox kept back, a file each, as they would have left."""

from pathlib import Path

from cloneward.model.ids import digest_text
from cloneward.seal.durable import write_file


class Outbox:
    """Keeps letters instead of sending them. One that was kept is there once, however often it is handed over."""

    settle_s = 0.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message_id: str, recipient: str, content: bytes) -> str:
        """Keep a letter, and say where."""
        del recipient  # it stands in the letter, and nobody is asked
        path = self._locate(message_id)
        if not path.exists():
            self._folder.mkdir(exist_ok=True)
            write_file(path, content)
        return f"kept in {self._folder.name}/{path.name}; nothing left the sandbox"

    def has(self, message_id: str) -> bool:
        """Say whether a letter was kept."""
        return self._locate(message_id).exists()

    def _locate(self, message_id: str) -> Path:
        return self._folder / f"{digest_text(message_id)[:32]}.eml"
