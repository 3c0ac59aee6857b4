//! Comments of rule files that allow findings: `# alertsmith: allow CODE reason`.

use crate::ast::rule_file::RuleFile;
use crate::model::rules::Allowed;
use crate::source::Span;

/// What begins such a comment, behind its `#`.
const MARK: &str = "alertsmith: allow ";

/// The allowances of a file. A comment belongs to the rule that it stands in, or whose last line it ends; else to the rule
/// or group that begins right below it; else to the group around it; above all groups, to the file.
pub fn of(text: &str, comments: &[Span], files: &[RuleFile]) -> Vec<Allowed> {
    let groups = || files.iter().flat_map(|file| &file.groups);
    let rules = || groups().flat_map(|group| &group.rules).map(|rule| rule.whole);
    let mut allowed = Vec::new();
    for &comment in comments {
        let words = text.get(comment.range()).unwrap_or_default().trim_start_matches('#').trim();
        let Some(words) = words.strip_prefix(MARK) else { continue };
        let (code, reason) = words.trim().split_once(char::is_whitespace).unwrap_or((words.trim(), ""));
        let around = |part: &Span| part.start <= comment.start && comment.end <= part.end;
        let same_line = |part: &Span| {
            let between = text.get(part.end as usize..comment.start as usize);
            between.is_some_and(|between| !between.contains(['\n', '\r']))
        };
        let below = |part: &Span| {
            text.get(comment.end as usize..part.start as usize).is_some_and(|between| {
                between
                    .lines()
                    .map(str::trim)
                    .all(|line| line.starts_with('#') || line.trim_start_matches('-').trim().is_empty())
            })
        };
        let whole_groups = || groups().map(|group| group.whole);
        let scope = rules()
            .find(around)
            .or_else(|| rules().find(same_line))
            .or_else(|| rules().find(below))
            .or_else(|| whole_groups().find(below))
            .or_else(|| whole_groups().find(around))
            .or_else(|| {
                whole_groups().find(|group| comment.end <= group.start).map(|_| Span {
                    file: comment.file,
                    start: 0,
                    end: text.len() as u32,
                })
            });
        let (code, reason) = (code.to_owned(), reason.trim().to_owned());
        // What stands behind everything holds for nothing.
        let scope = scope.unwrap_or(Span { start: comment.end, ..comment });
        allowed.push(Allowed { code, reason, comment, scope });
    }
    allowed
}
