//! Finds the node that each comment belongs to.
//!
//! A comment belongs to the node it stands in (outside that node's block), else to the node of the same block that ends
//! on its line, else to the node whose block opens on its line, else to the next node of the same block. A comment at the
//! end of a block belongs to nobody. Nodes and comments are both in the order of the file, so one walk finds all.

use super::class;
use crate::syntax::{Comment, Form, Node};

/// Fills in `attached_to` of every comment.
pub(super) fn attach(text: &str, nodes: &[Node], comments: &mut [Comment]) {
    in_block(text, None, nodes, comments);
}

/// Looks at the comments of one block. `owner` is the node whose block it is.
fn in_block(text: &str, owner: Option<&Node>, nodes: &[Node], mut comments: &mut [Comment]) {
    // The node a comment on the current line belongs to, and the end of what was looked at.
    let mut near = owner;
    let mut seen = owner.map_or(0, head_end);
    let mut nodes = nodes.iter().filter(|node| node.form == Form::Child);
    loop {
        let next = nodes.next();
        let start = next.map_or(u32::MAX, |node| node.span.start);
        let (between, rest) = split(comments, start);
        for comment in between {
            let gap = text.get(seen as usize..comment.span.start as usize).unwrap_or_default();
            // Inside the head of the owner everything is the owner's.
            if seen < comment.span.start && gap.contains(class::is_newline) {
                near = None;
            }
            comment.attached_to = near.or(next).map(|node| node.span);
            seen = seen.max(comment.span.start);
        }
        let Some(node) = next else { return };
        let (inside, rest) = split(rest, node.span.end);
        in_block(text, Some(node), &node.members, inside);
        comments = rest;
        near = Some(node);
        seen = node.span.end;
    }
}

/// The comments that begin before `end`, and the others.
fn split(comments: &mut [Comment], end: u32) -> (&mut [Comment], &mut [Comment]) {
    let count = comments.partition_point(|comment| comment.span.start < end);
    comments.split_at_mut_checked(count).unwrap_or_default()
}

/// The end of the last entry in front of a node's block.
fn head_end(node: &Node) -> u32 {
    let argument = node.arguments.last().map_or(0, |argument| argument.text.span().end);
    let properties = node.members.iter().filter(|member| member.form == Form::Property);
    properties.map(|property| property.span.end).fold(node.key.span().end.max(argument), u32::max)
}
