#!/usr/bin/env python3
"""Writes whether the link of each interface of CHECK_INTERFACES (with commas between them) is up."""

import os
from pathlib import Path

print("# HELP nic_link_up 1 if the link is up")
print("# TYPE nic_link_up gauge")
for interface in os.environ["CHECK_INTERFACES"].split(","):
    state = Path("/sys/class/net") / interface / "operstate"
    up = state.is_file() and state.read_text().strip() == "up"
    print(f'nic_link_up{{interface="{interface}"}} {int(up)}')
