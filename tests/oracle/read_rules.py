"""Reads rule files as data: every scalar as its text, as Prometheus' own reader hands it on, merge keys and aliases followed.

Prints one JSON value for each file named: the first document.
"""

import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """All scalars are text but for null; only `<<` means something."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for name in ("int", "float", "bool", "timestamp"):
    Loader.add_constructor(f"tag:yaml.org,2002:{name}", Loader.construct_yaml_str)

answers = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        answers.append(next(yaml.load_all(file, Loader), None))
json.dump(answers, sys.stdout)
