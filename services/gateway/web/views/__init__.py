"""The pages themselves: each asks, shows, and answers what people do on it."""
