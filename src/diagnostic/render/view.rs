//! Windows on source text: which lines are shown together, and how much of a long line.
//!
//! The drawing crate wants a text and marks in it. It gets a small text of its own for every window: a few lines of the
//! file, cut to the width of the terminal, with tabs expanded and control characters made visible. Marks are moved into
//! that text, so nothing depends on the size of the file or of the line. Marks that cannot be drawn together truthfully
//! (they overlap, or one line cannot hold both) go to separate windows.

use std::ops::Range;

use super::style::{visible, width_of};
use crate::source::SourceFile;

/// Lines shown above and below the marks of the window that holds the primary one; the others show their lines alone.
const CONTEXT: usize = 1;
/// Marks at most this many lines apart share a window.
const NEAR: usize = 3;
/// A window never grows above this number of lines.
const TALLEST: usize = 30;
/// A mark over more lines than this is drawn on its first line alone.
const TALLEST_MARK: usize = 8;
/// Columns of a tab.
const TAB: usize = 4;

/// A place to be marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Bytes of the file.
    pub range: Range<usize>,
    /// The words on it.
    pub text: String,
    /// Whether it is the place the finding is about.
    pub primary: bool,
}

/// A window: some whole lines of one file and the marks on them.
#[derive(Debug)]
pub(super) struct View {
    /// The zero-based number of the first line.
    pub first_line: usize,
    /// How many lines.
    pub line_count: usize,
    /// The lines as they are shown, each with a line break.
    pub text: String,
    /// The marks with their ranges in `text`, by start.
    pub marks: Vec<Mark>,
    /// One-based line and column in the file of the mark that names the window.
    pub position: (usize, usize),
}

/// Distributes marks over windows, the one with the primary mark first. `room` is the number of columns for the text of
/// a line.
pub(super) fn windows(file: &SourceFile, marks: Vec<Mark>, room: usize) -> Vec<View> {
    let mut groups: Vec<Vec<Placed>> = Vec::new();
    for mark in marks {
        let placed = Placed::new(file, mark);
        if let Some(same) = groups.iter_mut().flatten().find(|other| other.mark.range == placed.mark.range) {
            same.mark.text = [same.mark.text.as_str(), &placed.mark.text].join("\n");
            continue;
        }
        match groups.iter_mut().find(|group| joins(group, &placed, file, room)) {
            Some(group) => group.push(placed),
            None => groups.push(vec![placed]),
        }
    }
    groups.sort_by_key(|group| {
        let primary = group.iter().any(|placed| placed.mark.primary);
        (!primary, group.iter().map(|placed| placed.mark.range.start).min())
    });
    groups.into_iter().map(|group| view(file, group, room)).collect()
}

/// A mark with the lines it lies on.
#[derive(Debug)]
struct Placed {
    mark: Mark,
    first: usize,
    last: usize,
    /// The part on each line, if each is to be underlined. A mark over several whole lines is one piece instead and gets
    /// a bracket beside the lines.
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    first: usize,
    last: usize,
    range: Range<usize>,
}

impl Placed {
    fn new(file: &SourceFile, mut mark: Mark) -> Self {
        let length = file.text().len();
        let start = visible_place(file, mark.range.start.min(length));
        let end = mark.range.end.clamp(start, length.max(start));
        let first = file.line_of(start as u32);
        let mut last = if end > start { file.line_of(end as u32 - 1) } else { first };
        if last - first >= TALLEST_MARK {
            let separator = if mark.text.is_empty() { "" } else { " " };
            mark.text = format!("{}{separator}(to line {})", mark.text, last + 1);
            last = first;
        }
        // A line break at the end cannot be seen; a mark of nothing but a line break is a place.
        let start = start.min(file.line_range(first).end);
        let end = end.min(file.line_range(last).end).max(start);
        mark.range = start..end;
        let pieces = pieces(file, &mark.range, first, last);
        Self { mark, first, last, pieces }
    }
}

/// The end of a file that ends with a line break is shown at the end of its last line, not on an empty one below.
pub(super) fn visible_place(file: &SourceFile, offset: usize) -> usize {
    let text = file.text();
    if offset > 0 && offset == text.len() && text.ends_with('\n') {
        file.line_range(file.line_of(offset as u32 - 1)).end
    } else {
        offset
    }
}

fn pieces(file: &SourceFile, range: &Range<usize>, first: usize, last: usize) -> Vec<Piece> {
    let line = |number| file.text().get(file.line_range(number)).unwrap_or_default();
    let begins = range.start - file.line_range(first).start;
    let whole =
        line(first).get(..begins).unwrap_or_default().trim().is_empty() && range.end == file.line_range(last).end;
    if first == last || whole {
        return vec![Piece { first, last, range: range.clone() }];
    }
    let mut pieces = Vec::new();
    for number in first..=last {
        let line_range = file.line_range(number);
        let indent = line(number).len() - line(number).trim_start().len();
        let range = range.start.max(line_range.start + indent)..range.end.min(line_range.end);
        if range.start < range.end {
            pieces.push(Piece { first: number, last: number, range });
        }
    }
    pieces
}

/// Whether a mark can be drawn in the window of `group`.
fn joins(group: &[Placed], new: &Placed, file: &SourceFile, room: usize) -> bool {
    let first = group.iter().map(|placed| placed.first).min().unwrap_or(new.first);
    let last = group.iter().map(|placed| placed.last).max().unwrap_or(new.last);
    let near = new.first <= last + NEAR && first <= new.last + NEAR;
    let small = last.max(new.last) - first.min(new.first) < TALLEST;
    let pieces = || group.iter().flat_map(|placed| &placed.pieces);
    near && small && new.pieces.iter().all(|new| pieces().all(|other| compatible(other, new, file, room)))
}

/// Whether two pieces can be drawn in one window: they do not overlap, and if they share a line, it has room for both.
fn compatible(a: &Piece, b: &Piece, file: &SourceFile, room: usize) -> bool {
    let (left, right) = if a.range.start <= b.range.start { (a, b) } else { (b, a) };
    let bracket = |piece: &Piece| piece.first < piece.last;
    match (bracket(left), bracket(right)) {
        (false, false) if left.first == right.first => {
            let shown = file.text().get(left.range.start..right.range.end).unwrap_or_default();
            left.range.end.max(left.range.start + 1) <= right.range.start && fits(shown, room.saturating_sub(2))
        }
        (false, false) => true,
        (true, false) | (false, true) => {
            // An underlined piece may stand inside of a bracket, but not on the lines where that begins or ends.
            let (tall, low) = if bracket(left) { (left, right) } else { (right, left) };
            low.first != tall.first && low.first != tall.last
        }
        (true, true) => left.last < right.first,
    }
}

/// Whether a text takes at most `room` columns; looks at no more of it than needed.
fn fits(text: &str, room: usize) -> bool {
    columns(text, room) <= room
}

fn view(file: &SourceFile, mut group: Vec<Placed>, room: usize) -> View {
    group.sort_by_key(|placed| (placed.mark.range.start, placed.mark.range.end));
    let primary = group.iter().find(|placed| placed.mark.primary);
    let context = if primary.is_some() { CONTEXT } else { 0 };
    let named = primary.or(group.first());
    let position = named.map_or((1, 1), |placed| file.position(placed.mark.range.start as u32));
    let first = group.iter().map(|placed| placed.first).min().unwrap_or(0);
    let last = group.iter().map(|placed| placed.last).max().unwrap_or(first);
    let first_line = first.saturating_sub(context);
    let last_line = (last + context).min(file.line_count().saturating_sub(1)).max(last);
    let mut text = String::new();
    let mut lines = Vec::new();
    for number in first_line..=last_line {
        let range = file.line_range(number);
        let keep = group
            .iter()
            .flat_map(|placed| &placed.pieces)
            .filter(|piece| (piece.first..=piece.last).contains(&number))
            .map(|piece| piece.range.start.max(range.start)..piece.range.end.min(range.end))
            .reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
        lines.push(Line::write(&mut text, file.text(), range, keep, room));
    }
    let shown = |offset: usize, number: usize| {
        lines.get(number - first_line).map_or(text.len(), |line: &Line| line.shown(offset))
    };
    let mut marks = Vec::new();
    for Placed { mark, pieces, .. } in &group {
        for (index, piece) in pieces.iter().enumerate() {
            let start = shown(piece.range.start, piece.first);
            let end = shown(piece.range.end, piece.last).max(start);
            // The words stand below the last piece.
            let text = if index + 1 == pieces.len() { mark.text.clone() } else { String::new() };
            marks.push(Mark { range: start..end, text, primary: mark.primary });
        }
    }
    marks.sort_by_key(|mark| mark.range.start);
    View { first_line, line_count: lines.len(), text, marks, position }
}

/// One shown line: for every byte offset of the file at which a shown character begins, the offset in the view.
struct Line {
    stops: Vec<(usize, usize)>,
}

impl Line {
    /// Writes the line, cut to `room` columns around `keep`.
    fn write(out: &mut String, file: &str, range: Range<usize>, keep: Option<Range<usize>>, room: usize) -> Self {
        let line = file.get(range.clone()).unwrap_or_default();
        let cut = !fits(line, room);
        let start = if cut { range.start + window_start(line, keep, range.start, room) } else { range.start };
        let mut room = if cut { room.saturating_sub(1) } else { usize::MAX };
        let mut stops = Vec::new();
        let mut column = 0;
        if start > range.start {
            out.push('…');
            room = room.saturating_sub(1);
        }
        let mut offset = start;
        for character in file.get(start..range.end).unwrap_or_default().chars() {
            let columns = if character == '\t' { TAB - column % TAB } else { width_of(visible(character)) };
            if column + columns > room {
                break;
            }
            stops.push((offset, out.len()));
            if character == '\t' {
                out.extend(std::iter::repeat_n(' ', columns));
            } else {
                out.push(visible(character));
            }
            column += columns;
            offset += character.len_utf8();
        }
        stops.push((offset, out.len()));
        if offset < range.end {
            out.push('…');
        }
        out.push('\n');
        Self { stops }
    }

    /// Where a byte of the file is shown; bytes that were cut off count as the nearest that is shown.
    fn shown(&self, offset: usize) -> usize {
        let index = self.stops.partition_point(|&(at, _)| at < offset);
        self.stops.get(index).or(self.stops.last()).map_or(0, |&(_, shown)| shown)
    }
}

/// How many columns a text takes; looks at no more of it than fills `most`.
fn columns(text: &str, most: usize) -> usize {
    let mut used = 0;
    for character in text.chars() {
        used += if character == '\t' { TAB } else { width_of(visible(character)) };
        if used > most {
            break;
        }
    }
    used
}

/// The byte of a too long line at which its window begins, so that `keep` (offsets of the file) is in it with something
/// on both sides.
fn window_start(line: &str, keep: Option<Range<usize>>, line_start: usize, room: usize) -> usize {
    let Some(keep) = keep else { return 0 };
    let (start, end) = (keep.start - line_start, keep.end.max(keep.start) - line_start);
    if fits(line.get(..end).unwrap_or_default(), room.saturating_sub(2)) {
        return 0;
    }
    let needed = columns(line.get(start..end).unwrap_or_default(), room);
    // Room that the rest of the line leaves is better used for what stands before; half is kept for the words on the mark.
    let unused = room.saturating_sub(2 + columns(line.get(start..).unwrap_or_default(), room));
    let mut lead = (room.saturating_sub(needed) / 2).max(4).min(room / 3).max(unused.min(room / 2));
    let mut at = start;
    for character in line.get(..start).unwrap_or_default().chars().rev() {
        let columns = if character == '\t' { TAB } else { width_of(character) };
        if columns > lead {
            break;
        }
        lead -= columns;
        at -= character.len_utf8();
    }
    at
}
