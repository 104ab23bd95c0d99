//! A desk in a fresh temporary folder and the built binary in it. Knows only what the contract says of the command
//! line: exit codes, two-line errors, JSON, the first lines of `serve`. Start at [`Desk`].

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The longest that one command may take before the test fails; a debug build on a busy machine is slow.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// One folder with its own `var/`, and the settings given to every process started in it.
pub struct Desk {
    folder: tempfile::TempDir,
    program: PathBuf,
    settings: Vec<(String, String)>,
}

impl Desk {
    /// An empty folder on the embedded defaults. `CARGO_BIN_EXE_issuer` is the binary that cargo built for this test.
    pub fn new() -> Desk {
        Desk::of(env!("CARGO_BIN_EXE_issuer"))
    }

    /// Any program in place of ours: the harness is tried with a shell.
    pub fn of(program: impl Into<PathBuf>) -> Desk {
        let folder = tempfile::Builder::new().prefix("issuer-desk-").tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("tmp")).expect("tmp in it");
        Desk { folder, program: program.into(), settings: Vec::new() }
    }

    /// Overrides one setting for every later process: `desk.with("ISSUER__READER__CARD_TIMEOUT", "1")`.
    pub fn with(mut self, name: &str, value: &str) -> Desk {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A path in the desk's folder: `desk.path("var/spool")`.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// The command without arguments, for what the methods below do not cover. The environment is empty but for the
    /// desk's own: no setting, no language and no home of the machine reaches the test.
    pub fn command(&self) -> Command {
        self.of_program(&self.program)
    }

    /// The same for another program, which may run ours under other conditions.
    pub fn of_program(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.path("tmp"))
            .env("LANG", "C.UTF-8")
            .env("ISSUER__WEB__LISTEN", "127.0.0.1:0")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs one command to its end: `desk.run(&["enrol", "--name", "홍길동", …, "--json"]).done()`.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.start(arguments).end(COMMAND_LIMIT)
    }

    /// The same with something on standard input (`enrol --from -`).
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command();
        command.stdin(Stdio::piped()).args(arguments);
        let mut running = Running::start(command, arguments);
        let mut stdin = running.child.stdin.take().expect("its standard input");
        // A program that refuses before it reads closes its end; that is its right.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        running.end(COMMAND_LIMIT)
    }

    /// Starts a command and does not wait: for two at once, and for kills.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command();
        command.args(arguments);
        Running::start(command, arguments)
    }

    /// Starts `serve` and waits for its first line, `listening on URL`. It is killed when dropped.
    pub fn serve(&self) -> Service {
        self.serve_with(&["serve"])
    }

    pub fn serve_with(&self, arguments: &[&str]) -> Service {
        let running = self.start(arguments);
        let line = running.line(Duration::from_secs(30));
        let url = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("first line of serve: {line:?}"));
        Service { url: url.trim_end_matches('/').to_owned(), running }
    }
}

/// What one command said and how it ended.
#[derive(Debug)]
pub struct Output {
    pub arguments: Vec<String>,
    /// `None` after a signal.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    /// Standard output as JSON; `Null` where it is none.
    pub json: Value,
}

impl Output {
    /// Exit 0, or the test fails with everything that was said.
    #[track_caller]
    pub fn done(self) -> Output {
        assert_eq!(self.status, Some(0), "{self:#?}");
        self
    }

    /// Exit 1 with this code (under `--json`) and both a `what` and a `help`.
    #[track_caller]
    pub fn refused(self, code: &str) -> Output {
        let error = &self.error()["error"];
        assert!(
            self.status == Some(1)
                && error["code"] == code
                && [&error["what"], &error["help"]].iter().all(|text| text.as_str().is_some_and(|t| !t.is_empty())),
            "expected to be refused with {code}: {self:#?}"
        );
        self
    }

    /// The one JSON line on standard error; `Null` where there is none.
    pub fn error(&self) -> Value {
        let mut lines = self.stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.rfind(|value| value.get("error").is_some()).unwrap_or(Value::Null)
    }
}

/// A process of the desk, killed when dropped. Its output is read all the while, so that it never blocks on us.
pub struct Running {
    child: Child,
    arguments: Vec<String>,
    lines: Receiver<String>,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    /// Ends when both pipes are closed, which is when the process is gone.
    ended: Receiver<()>,
}

impl Running {
    fn start(mut command: Command, arguments: &[&str]) -> Running {
        let program = command.get_program().to_owned();
        let mut child = command.spawn().unwrap_or_else(|fault| panic!("{}: {fault}", Path::new(&program).display()));
        let (stdout, stderr) = (Arc::new(Mutex::new(String::new())), Arc::new(Mutex::new(String::new())));
        let (line, lines) = channel();
        let (end, ended) = channel::<()>();
        let pipes: [(Box<dyn Read + Send>, _, _); 2] = [
            (Box::new(child.stdout.take().expect("its output")), stdout.clone(), Some(line)),
            (Box::new(child.stderr.take().expect("its errors")), stderr.clone(), None),
        ];
        for (pipe, kept, line) in pipes {
            let end = end.clone();
            thread::spawn(move || {
                let mut pipe = BufReader::new(pipe);
                let mut bytes = Vec::new();
                while pipe.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
                    // Nobody may be listening any more.
                    line.as_ref().map(|line| line.send(text.trim_end().to_owned()));
                    bytes.clear();
                }
                drop(end);
            });
        }
        Running { child, arguments: arguments.iter().map(|a| (*a).to_owned()).collect(), lines, stdout, stderr, ended }
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of standard output, at most so long.
    #[track_caller]
    pub fn line(&self, limit: Duration) -> String {
        self.lines.recv_timeout(limit).unwrap_or_else(|fault| {
            panic!("{:?}: no further line within {limit:?} ({fault}); it said: {}", self.arguments, self.said())
        })
    }

    /// `kill -9`: no destructor of it runs and nothing more is written.
    pub fn kill(mut self) -> Output {
        // It may have ended by itself already.
        let _ = self.child.kill();
        self.end(Duration::from_secs(10))
    }

    /// SIGTERM, as systemd stops a service; it must end by itself within ten seconds.
    pub fn stop(self) -> Output {
        let id = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
        // It may have ended by itself already.
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        self.end(Duration::from_secs(10))
    }

    /// Waits until it is gone; a process that takes longer is killed and the test fails.
    #[track_caller]
    pub fn end(mut self, limit: Duration) -> Output {
        let began = Instant::now();
        // Nothing is ever sent: both senders dropped means both pipes closed.
        if self.ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            let _ = self.child.kill();
            panic!("{:?} did not end within {:?}; it said: {}", self.arguments, began.elapsed(), self.said());
        }
        let status: ExitStatus = self.child.wait().expect("its exit status");
        let text = |kept: &Mutex<String>| kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let stdout = text(&self.stdout);
        Output {
            arguments: std::mem::take(&mut self.arguments),
            status: status.code(),
            json: serde_json::from_str(&stdout).unwrap_or(Value::Null),
            stderr: text(&self.stderr),
            stdout,
        }
    }

    /// The same as [`Running::said`], to be asked later, when the process may be gone.
    pub fn hearing(&self) -> impl Fn() -> String + 'static {
        let (stdout, stderr) = (self.stdout.clone(), self.stderr.clone());
        move || {
            let text = |kept: &Mutex<String>| kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
            format!("{}{}", text(&stdout), text(&stderr))
        }
    }

    /// Everything that it has said so far, both streams: what must not hold a personal datum.
    pub fn said(&self) -> String {
        let text = |kept: &Mutex<String>| kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        format!("{}{}", text(&self.stdout), text(&self.stderr))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail where it is gone already, which is well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running `serve`.
pub struct Service {
    /// `http://127.0.0.1:PORT`, no slash at the end.
    pub url: String,
    pub running: Running,
}

impl Service {
    /// The one-use set-up link: the line after `listening on`, while there is no administrator. Ask once.
    #[track_caller]
    pub fn setup_link(&self) -> String {
        let line = self.running.line(Duration::from_secs(10));
        let link = line.split_whitespace().find(|word| word.starts_with("http://") || word.starts_with("https://"));
        link.unwrap_or_else(|| panic!("no link in {line:?}")).to_owned()
    }
}
