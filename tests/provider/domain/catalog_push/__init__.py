"""Tests of when and how changes of the catalog are pushed to Backstage."""
