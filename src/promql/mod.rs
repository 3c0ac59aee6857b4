//! PromQL: lexer, parser with byte ranges, facts about labels and shape, edits by splicing.
