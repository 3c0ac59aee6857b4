//! Alertmanager routing: matchers, routes, time intervals, inhibition.
