"""Random worlds over weeks: every decision of `provider/domain` together, so no module in particular."""
