//! Which entry a comment belongs to.
//!
//! A comment behind something on its line belongs to the entry that ends there: the largest one that also begins on that
//! line, else the smallest one. Any other comment belongs to the next entry that begins, the largest one if several
//! begin at the same byte.

use crate::source::Span;
use crate::syntax::{Comment, Node};

/// Gives every comment its text and its entry.
pub(super) fn attach(source: &str, spans: &[Span], nodes: &[Node]) -> Vec<Comment> {
    if spans.is_empty() {
        return Vec::new();
    }
    let mut starts = Vec::new();
    collect(nodes, &mut starts);
    starts.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    starts.dedup();
    let mut ends = starts.clone();
    ends.sort_by_key(|span| (span.end, span.start));
    let target = |comment: Span| {
        let line = source.get(..comment.start as usize).unwrap_or_default();
        let line_start = line.rfind(['\n', '\r']).map_or(0, |at| at + 1) as u32;
        let from = ends.partition_point(|span| span.end <= line_start);
        let to = ends.partition_point(|span| span.end <= comment.start);
        let ending = ends.get(from..to).unwrap_or_default();
        let on_line =
            ending.iter().filter(|span| span.start >= line_start).max_by_key(|span| (span.end - span.start, span.end));
        let smallest = || ending.iter().min_by_key(|span| span.end - span.start);
        let next = || starts.get(starts.partition_point(|span| span.start < comment.end));
        on_line.or_else(smallest).or_else(next).copied()
    };
    spans.iter().map(|&span| Comment { span, text: text(source, span), attached_to: target(span) }).collect()
}

fn text(source: &str, span: Span) -> String {
    source.get(span.range()).unwrap_or_default().trim_start_matches('#').trim().to_owned()
}

fn collect(nodes: &[Node], spans: &mut Vec<Span>) {
    for node in nodes {
        spans.push(node.span);
        collect(&node.members, spans);
        collect(&node.items, spans);
    }
}
