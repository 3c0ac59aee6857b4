//! Objects through the `git` program, for what libgit2 cannot read.
#![expect(clippy::disallowed_methods, reason = "this is the door to git")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{Entries, Entry, Failure, GitError, MAX_FILE_BYTES, ReadError, Store};

pub(super) struct Program {
    folder: PathBuf,
    prefix: String,
    /// `git cat-file --batch`, once a blob was wanted.
    batch: Option<Batch>,
}

/// A running `git cat-file --batch`: one name in, one object out.
struct Batch {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It ends by itself once its input is closed; killing first means never waiting for a fetch.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let mut program = Self { folder: folder.to_owned(), prefix: String::new(), batch: None };
        let prefix = program.run(&["rev-parse", "--show-prefix"])?.ok_or(Failure::Final(GitError::NoRepository))?;
        prefix.trim_end_matches(['\n', '/']).clone_into(&mut program.prefix);
        Ok(program)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped());
        // A fetch of missing objects must not wait for a password, and a hook's variables name another repository.
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_LITERAL_PATHSPECS", "1")
            .env("LC_ALL", "C");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(name);
        }
        command
    }

    /// The output of a command; `None` if it failed without a word or with an answer of "no".
    fn run(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        let missing = |_| Failure::Unreadable(String::new());
        let output = self.command().args(arguments).output().map_err(missing)?;
        if output.status.success() {
            let text = String::from_utf8(output.stdout).map_err(|_| message("git's answer is not UTF-8"))?;
            return Ok(Some(text));
        }
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if words.is_empty() || words.contains("not a git repository") { Ok(None) } else { Err(message(&words)) }
    }

    fn batch(&mut self) -> io::Result<&mut Batch> {
        let batch = if let Some(batch) = self.batch.take() {
            batch
        } else {
            let mut command = self.command();
            command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn()?;
            let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
                return Err(io::Error::other("git has no pipes"));
            };
            Batch { child, input, output: BufReader::new(output) }
        };
        Ok(self.batch.insert(batch))
    }
}

impl Batch {
    /// The object, or its size if it is too large to be wanted.
    fn object(&mut self, name: &str) -> io::Result<Result<Vec<u8>, u64>> {
        writeln!(self.input, "{name}")?;
        self.input.flush()?;
        let mut header = String::new();
        self.output.read_line(&mut header)?;
        // `<name> blob <size>`, or `<name> missing`.
        let size = header.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| io::Error::other(format!("git has no object {name}")))?;
        let mut content = (&mut self.output).take(size + 1);
        if size > MAX_FILE_BYTES {
            io::copy(&mut content, &mut io::sink())?;
            return Ok(Err(size));
        }
        let mut bytes = Vec::with_capacity(size as usize + 1);
        content.read_to_end(&mut bytes)?;
        if bytes.pop().is_none() || bytes.len() as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Ok(bytes))
    }
}

impl Store for Program {
    fn prefix(&self) -> &str {
        &self.prefix
    }

    fn resolve(&mut self, revision: &str) -> Result<String, Failure> {
        let commit = self.run(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])?;
        let unknown = || Failure::Final(GitError::UnknownRevision(revision.to_owned()));
        commit.map(|text| text.trim().to_owned()).ok_or_else(unknown)
    }

    fn merge_base(&mut self, commit: &str) -> Result<Option<String>, Failure> {
        Ok(self.run(&["merge-base", commit, "HEAD"])?.map(|text| text.trim().to_owned()))
    }

    fn entries(&mut self, commit: &str, folder: &str) -> Result<Option<Entries>, Failure> {
        if !folder.is_empty() {
            let found = self.run(&["ls-tree", "-d", "-z", "--full-tree", commit, "--", folder])?;
            if found.is_none_or(|line| line.is_empty()) {
                return Ok(None);
            }
        }
        let tree = format!("{commit}:{folder}");
        let listed = self.run(&["ls-tree", "-r", "-z", "--full-tree", &tree])?.unwrap_or_default();
        let mut entries = Entries::new();
        // `<mode> blob <name>\t<path>\0`
        for line in listed.split_terminator('\0') {
            let Some((about, path)) = line.split_once('\t') else { continue };
            let mut about = about.split(' ');
            if let (Some(mode), Some("blob"), Some(blob)) = (about.next(), about.next(), about.next()) {
                entries.insert(path.to_owned(), Entry { blob: blob.to_owned(), link: mode == "120000" });
            }
        }
        Ok(Some(entries))
    }

    fn blob(&mut self, blob: &str) -> Result<Vec<u8>, ReadError> {
        let object = self.batch().and_then(|batch| batch.object(blob));
        match object {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(size)) => Err(ReadError::TooLarge(size)),
            Err(error) => {
                self.batch = None;
                Err(ReadError::Other(error.to_string()))
            }
        }
    }

    fn is_shallow(&mut self) -> bool {
        self.run(&["rev-parse", "--is-shallow-repository"]).ok().flatten().is_some_and(|text| text.trim() == "true")
    }
}

fn message(text: &str) -> Failure {
    Failure::Unreadable(text.to_owned())
}
