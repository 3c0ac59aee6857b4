"""Reads YAML with YAML 1.2 rules and prints it as JSON: one list of documents for each file named."""

import json
import sys

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def strings(value):
    """Keys that are not text become text that says so; JSON would turn `1` and `true` into text silently."""
    if isinstance(value, dict):
        return {
            key if isinstance(key, str) else f"not text: {key!r}": strings(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [strings(item) for item in value]
    return value


def main():
    answers = []
    for path in sys.argv[1:]:
        reader = YAML(typ="safe", pure=True)
        reader.version = (1, 2)
        try:
            with open(path, "rb") as file:
                answers.append({"documents": [strings(d) for d in reader.load_all(file)]})
        except (YAMLError, ValueError) as error:
            answers.append({"error": f"{path}: {error}"})
    json.dump(answers, sys.stdout, default=lambda value: {"not JSON": type(value).__name__, "text": str(value)})


main()
