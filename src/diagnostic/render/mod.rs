//! Renderers: the same diagnostics for people, for programs and for pull requests.
