"""Parts put together for `provider.app`: the outside world, and the release tracker."""
