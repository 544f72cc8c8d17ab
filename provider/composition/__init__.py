"""Parts put together for `provider.composition.app`: the outside world, and the release tracker."""
