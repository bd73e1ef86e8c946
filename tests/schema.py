"""schema.py SCHEMA FILE...: every line of the files is an object of the schema."""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
checker = jsonschema.Draft202012Validator(schema)
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as f:
        for line in f:
            error = jsonschema.exceptions.best_match(checker.iter_errors(json.loads(line)))
            if error:
                sys.exit(f"{name}: {error.message} at {error.json_path}\n{line}")
