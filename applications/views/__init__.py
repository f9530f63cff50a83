"""Pages of the applications, by what people do there."""
