//! A small control socket: one line asked, one line answered, for whoever may open the socket (mode 0600).
//!
//! It knows no command; what is asked goes to the function it was started with. An answer is `ok`, `ok TEXT`, or
//! `no CODE TEXT`. Start at [`serve`] and [`ask`].

use std::fs::{self, Permissions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// A client that says nothing further for so long is let go.
const SILENCE: Duration = Duration::from_secs(600);
/// The longest line, in bytes.
const LONGEST: u64 = 4096;
/// A rig that starts a pcscd anew takes some time over its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers on a new socket at this path, each client in a thread of its own, until the process ends.
pub fn serve(path: &Path, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> io::Result<()> {
    let listener = listen(path)?;
    let answer = Arc::new(answer);
    thread::Builder::new().name("control".into()).spawn(move || {
        for client in listener.incoming().flatten() {
            let answer = answer.clone();
            // Without a thread for it the client is let go, and asks again.
            let _ = thread::Builder::new().name("control client".into()).spawn(move || talk(client, &*answer));
        }
    })?;
    Ok(())
}

/// A listening socket that nobody else may open; a file that is there already is in the way.
pub fn listen(path: &Path) -> io::Result<UnixListener> {
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

fn talk(client: UnixStream, answer: &(impl Fn(&str) -> String + ?Sized)) {
    let speak = || -> io::Result<()> {
        client.set_read_timeout(Some(SILENCE))?;
        client.set_write_timeout(Some(PATIENCE))?;
        let mut lines = BufReader::new(&client);
        loop {
            let mut line = String::new();
            if lines.by_ref().take(LONGEST).read_line(&mut line)? == 0 || !line.ends_with('\n') {
                return Ok(());
            }
            let said = answer(line.trim()).replace('\n', " ");
            (&client).write_all(format!("{said}\n").as_bytes())?;
        }
    };
    // Whatever ended it, nobody is there to be told.
    let _ = speak();
}

/// Asks one line at the socket of a rig.
///
/// # Errors
/// `NotFound` or `ConnectionRefused` where no rig runs; `TimedOut` or `WouldBlock` where it does not answer.
pub fn ask(path: &Path, line: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{line}\n").as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    match answer.strip_suffix('\n') {
        Some(answer) => Ok(answer.to_owned()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_asked_is_one_line_answered_and_the_socket_is_ours_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        serve(&path, |line| format!("ok {line}\ntwo")).unwrap();
        assert_eq!(ask(&path, "list").unwrap(), "ok list two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(serve(&path, |_| String::new()).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn where_no_rig_runs_there_is_nothing_to_ask() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ask(&folder.path().join("control"), "list").unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
