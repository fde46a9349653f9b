"""Hold notebooks against nbformat's own schema.

For each file named on the command line, print one JSON object a line for each
fault in it.
"""

import json
import sys

from nbformat.validator import iter_validate

for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as f:
        notebook = json.load(f)
    for fault in iter_validate(notebook):
        place = list(fault.relative_path)
        if place[:1] == ["cells"] and len(place) > 1:
            cell = notebook["cells"][place[1]]
            place[:2] = ["cell " + cell.get("id", f"number {place[1] + 1}")]
        where = ": ".join(map(str, place)) or "notebook"
        print(json.dumps({"file": name, "fault": f"{where}: {fault.message[:200]}"}))
