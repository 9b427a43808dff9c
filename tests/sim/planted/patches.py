"""How a planted bug is written down: a diff whose line numbers mean nothing."""


def hunks_of(patch):
    """(file, before, after) of each hunk; line numbers are not believed, so that code above may grow."""
    path, before, after = None, None, None
    for line in patch.splitlines(keepends=True):
        if line.startswith("+++ b/"):
            path = line[len("+++ b/"):].strip()
        elif line.startswith("@@"):
            if before is not None:
                yield path, before, after
            before, after = "", ""
        elif before is not None and line[0] in " -+":
            before += line[1:] if line[0] != "+" else ""
            after += line[1:] if line[0] != "-" else ""
    yield path, before, after
