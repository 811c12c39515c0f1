"""The records of the contract, as outsiders rely on them."""

# contract.md, check --json; `words` is one of its counts.
FIELDS = set(
    "target site captured_at verdict likeness standing direction harms host score base_rate share_of_target "
    "share_of_item_max words pages items_matched persons_affected login_only_items matches reasons not_compared "
    "problems policy tool seal took_s".split()
)
