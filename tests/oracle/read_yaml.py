"""Reads YAML the way the strictest consumers do and prints it as JSON: one list of documents for each file named.

YAML 1.1 rules, so a plain `on`, `1:30` or `2026-01-01` that was meant as text shows up as another type, and duplicate keys are
refused. What JSON has no word for becomes an object with a telling key, which no schema accepts.
"""

import json
import sys

import yaml


class Loader(yaml.CSafeLoader):
    pass


def mapping(loader, node, deep=False):
    # The C loader needs the merge keys spelled out before keys are compared.
    seen = set()
    for key, _ in node.value:
        text = key.value if isinstance(key, yaml.ScalarNode) else None
        if text is not None and text in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"duplicate key {text!r}", key.start_mark
            )
        seen.add(text)
    loader.flatten_mapping(node)
    return yaml.constructor.SafeConstructor.construct_mapping(loader, node, deep=True)


Loader.add_constructor("tag:yaml.org,2002:map", mapping)
# A plain `=`, which YAML 1.1 gives a type of its own and everybody reads as text.
Loader.add_constructor("tag:yaml.org,2002:value", Loader.construct_yaml_str)


def not_json(value):
    return {"not JSON": type(value).__name__, "text": str(value)}


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
        try:
            with open(path, "rb") as file:
                answers.append({"documents": [strings(d) for d in yaml.load_all(file, Loader)]})
        except (yaml.YAMLError, OSError) as error:
            answers.append({"error": f"{path}: {error}"})
    json.dump(answers, sys.stdout, default=not_json)


main()
