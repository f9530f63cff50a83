"""Figures, each beside a yardstick of the same run. Started by `script/bench`."""
