"""The rooms of a workspace: its settings file, its lock, its objects, and the records of items and imports.

Takes: nouns, a clock, the folder of a workspace.
Gives: the nouns back, by id, by address, or all in turn; a seal over what each import added.
Never: decides, fingerprints, or looks into what it keeps.

    from cloneward.store.workspace import Workspace

    workspace = Workspace.create(folder, "https://example.org/")  # .open(folder), .find(Path.cwd(), explicit)
    with workspace.writer(clock) as store:           # Unavailable while another process writes
        known = store.known(addresses)               # {address: Known(id, digest)}: skip what is equal
        batch = store.begin_import(source)           # takes up one that was cut short
        added = store.add(batch, entries)            # Iterable[Registered]
        seal = store.close_import(batch)             # Import(id, …, finished_at, count, digest)
        store.remove(item_id)                        # a tombstone
    with workspace.reader(clock) as store:
        for item in store.items():                   # by id, streamed
            text, body = store.text(item), store.body(item)
        item = store.get("i3f")                      # an id, or what one id alone begins with
        store.is_proven("www.example.org")           # is control of its domain on record? Ask before acting

The face names nothing: SQLAlchemy takes over half a second to import, and the bare package does not pay it.
"""
