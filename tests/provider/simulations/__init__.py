"""Random worlds and random weeks: many decisions of `provider/domain` together, so no single module."""
