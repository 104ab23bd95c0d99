//! A PC/SC program, as any other is one: a process of its own, since libpcsclite reads the address of its pcscd once a
//! process. It is this very test binary, told line by line what to call. Start at [`Client`].

use std::ffi::CString;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use pcsc::{Attribute, Card, Context, Error, PNP_NOTIFICATION, Protocols, ReaderState, Scope, ShareMode, State};

/// Set for the child.
const CHILD: &str = "ISSUER_TEST_PCSC_CLIENT";
/// The longest wait for an event.
const LIMIT: Duration = Duration::from_secs(10);

pub struct Client {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Client {
    pub fn start(socket: &str) -> Client {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "stacks::client::child", "--ignored", "--nocapture", "--test-threads=1"])
            .env(CHILD, "1")
            .env("PCSCLITE_CSOCK_NAME", socket)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this test again");
        let stdin = child.stdin.take().expect("its input");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Client { child, stdin, lines }
    }

    /// One call and what came of it: text, hex, or PC/SC's own name of the error.
    #[track_caller]
    pub fn ask(&mut self, line: &str) -> String {
        self.begin(line);
        self.end()
    }

    /// Has a call begin; `watch` says when it does.
    #[track_caller]
    pub fn begin(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").expect("the client listens");
    }

    /// The next thing it says.
    #[track_caller]
    pub fn end(&mut self) -> String {
        let said = self.lines.by_ref().map_while(Result::ok).find_map(|line| {
            // libtest may have begun the line.
            line.split_once("=> ").map(|(_, said)| said.to_owned())
        });
        said.expect("the client answers")
    }

    /// The readers that pcscd lists.
    #[track_caller]
    pub fn readers(&mut self) -> Vec<String> {
        let listed = self.ask("list");
        listed.split('|').filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// Waits until so many are listed.
    #[track_caller]
    pub fn sees(&mut self, count: usize) -> Vec<String> {
        assert_eq!(self.ask(&format!("sees {count}")), "ok", "of {count} readers pcscd lists {:?}", self.readers());
        self.readers()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Both fail where it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// No test: what [`Client`] starts.
#[test]
#[ignore = "the other process of the PC/SC tests"]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let mut speaker = Speaker { context: Err(Error::NoService), card: None };
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        let said = speaker.call(&line).unwrap_or_else(|error| format!("{error:?}"));
        println!("=> {said}");
    }
}

struct Speaker {
    context: Result<Context, Error>,
    card: Option<Card>,
}

impl Speaker {
    fn call(&mut self, line: &str) -> Result<String, Error> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        if matches!(self.context, Err(Error::NoService)) || verb == "establish" {
            self.context = Context::establish(Scope::User);
        }
        let context = self.context.clone()?;
        match verb {
            "establish" => Ok("ok".to_owned()),
            "list" => Ok(list(&context)?.join("|")),
            "sees" => sees(&context, rest.parse().expect("a count")),
            "watch" => {
                let (what, name) = rest.split_once(' ').expect("watch card|empty NAME");
                println!("=> watching");
                watch(&context, name, if what == "card" { State::PRESENT } else { State::EMPTY })
            }
            "connect" => {
                let (how, name) = rest.split_once(' ').expect("connect HOW NAME");
                let name = CString::new(name).expect("a name");
                self.card = None;
                let (mode, protocols) = match how {
                    "direct" => (ShareMode::Direct, Protocols::UNDEFINED),
                    "exclusive" => (ShareMode::Exclusive, Protocols::ANY),
                    _ => (ShareMode::Shared, Protocols::ANY),
                };
                self.card = Some(context.connect(&name, mode, protocols)?);
                Ok("ok".to_owned())
            }
            "transmit" => {
                let mut buffer = [0; 300];
                Ok(hex(self.card()?.transmit(&bytes(rest), &mut buffer)?))
            }
            "time" => {
                let (count, apdu) = rest.split_once(' ').expect("time N HEX");
                let (count, apdu): (u32, _) = (count.parse().expect("a count"), bytes(apdu));
                let mut buffer = [0; 300];
                let began = Instant::now();
                for _ in 0..count {
                    self.card()?.transmit(&apdu, &mut buffer)?;
                }
                Ok((began.elapsed() / count).as_micros().to_string())
            }
            "control" => {
                let (code, command) = rest.split_once(' ').expect("control CODE HEX");
                let mut buffer = [0; 300];
                let code = pcsc::ctl_code(code.parse().expect("a code"));
                Ok(hex(self.card()?.control(code, &bytes(command), &mut buffer)?))
            }
            "channel" => {
                let mut buffer = [0; 8];
                Ok(hex(self.card()?.get_attribute(Attribute::ChannelId, &mut buffer)?))
            }
            other => panic!("no such call: {other}"),
        }
    }

    fn card(&self) -> Result<&Card, Error> {
        self.card.as_ref().ok_or(Error::InvalidHandle)
    }
}

fn list(context: &Context) -> Result<Vec<String>, Error> {
    match context.list_readers_owned() {
        Ok(names) => Ok(names.iter().map(|name| name.to_string_lossy().into_owned()).collect()),
        Err(Error::NoReadersAvailable) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

/// By plug-and-play notification alone: nothing is asked again before pcscd tells of a change.
fn sees(context: &Context, count: usize) -> Result<String, Error> {
    let began = Instant::now();
    loop {
        let mut states = [ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
        // Takes the counting as it is now; a change from here on is told.
        let _ = context.get_status_change(Duration::ZERO, &mut states);
        if list(context)?.len() == count {
            return Ok("ok".to_owned());
        }
        states[0].sync_current_state();
        let left = LIMIT.checked_sub(began.elapsed()).ok_or(Error::Timeout)?;
        context.get_status_change(left, &mut states)?;
    }
}

/// Blocks until the reader is so; says when that was told, in nanoseconds of the clock.
fn watch(context: &Context, name: &str, wanted: State) -> Result<String, Error> {
    let began = Instant::now();
    let mut states = [ReaderState::new(CString::new(name).expect("a name"), State::UNAWARE)];
    loop {
        let left = LIMIT.checked_sub(began.elapsed()).ok_or(Error::Timeout)?;
        context.get_status_change(left, &mut states)?;
        if states[0].event_state().contains(wanted) {
            return Ok(SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_nanos().to_string());
        }
        states[0].sync_current_state();
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    let pair = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hex");
    digits.chunks(2).map(pair).collect()
}
