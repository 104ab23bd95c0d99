//! The card side of a stock vsmartcard-vpcd: an ACR122U with its card, at the TCP port on which vpcd waits for one.
//!
//! Frames are a length of 2 bytes, big endian, and the body; one byte alone is a command of vpcd's (`vpcd.h`: 0 power
//! off, 1 on, 2 reset, 4 ATR). No card is no connection: vpcd takes an empty ATR for the end of it. It passes neither
//! escape commands nor unplugging on, and asks for the ATR every 400 ms. Start at [`serve`].

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use super::acr122u::Acr122u;
use super::faults::Passed;
use super::station::Station;
use super::tray::Tray;

/// Between two tries to reach a vpcd that does not listen yet.
const INTERVAL: Duration = Duration::from_millis(20);
/// vpcd asks every 400 ms; one that is silent for so long has gone.
const SILENCE: Duration = Duration::from_secs(10);

/// Is the reader's card at this vpcd whenever one lies on the reader, in a thread that lasts as long as the process.
pub fn serve(address: SocketAddr, tray: Tray, name: String, mut reader: Acr122u<Station>) -> io::Result<()> {
    thread::Builder::new().name("vpcd".into()).spawn(move || {
        loop {
            // A desk that cannot be read is as one without a card, and is looked at again.
            if !matches!(tray.wait(&name, true, SILENCE), Ok(true)) {
                thread::sleep(INTERVAL);
                continue;
            }
            // vpcd, or its pcscd, ended or has not begun, or the card was lifted: all of it begins anew.
            let _ = TcpStream::connect(address).and_then(|stream| be_the_card(stream, &mut reader));
            thread::sleep(INTERVAL);
        }
    })?;
    Ok(())
}

fn be_the_card(mut stream: TcpStream, reader: &mut Acr122u<Station>) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    stream.set_nodelay(true)?;
    loop {
        let mut length = [0; 2];
        receive(&mut stream, &mut length)?;
        let mut body = vec![0; usize::from(u16::from_be_bytes(length))];
        receive(&mut stream, &mut body)?;
        let answer = match body.as_slice() {
            // The card loses its power; it is found anew, as far as it still lies there.
            [0 | 2] => {
                reader.reset().map_err(io::Error::other)?;
                continue;
            }
            [] | [1] => continue,
            [4] => reader.atr().map_err(io::Error::other)?.unwrap_or_default(),
            command => {
                let answer = reader.transmit(command).map_err(io::Error::other)?;
                let passed = reader.faults.pass(answer);
                thread::sleep(reader.faults.slow + reader.take_busy());
                match passed {
                    Passed::Now(answer) => answer,
                    Passed::Never => continue,
                }
            }
        };
        let length = (answer.len() as u16).to_be_bytes();
        stream.write_all(&[&length, answer.as_slice()].concat())?;
        if answer.is_empty() {
            return Ok(());
        }
    }
}

/// vpcd sends length and body in two segments: unless each is acknowledged at once, an exchange takes 44 ms.
fn receive(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<()> {
    rustix::net::sockopt::set_tcp_quickack(&*stream, true)?;
    stream.read_exact(buffer)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::super::field::Timing;
    use super::super::kind::Kind;
    use super::*;

    /// What vpcd says and hears.
    fn say(stream: &mut TcpStream, body: &[u8]) {
        stream.write_all(&[&(body.len() as u16).to_be_bytes(), body].concat()).unwrap();
    }

    fn hear(stream: &mut TcpStream) -> Vec<u8> {
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut body = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut body).unwrap();
        body
    }

    #[test]
    fn a_card_connects_answers_and_is_gone_by_an_empty_atr() {
        let folder = tempfile::tempdir().unwrap();
        let tray = Tray::open(folder.path(), 1).unwrap();
        let name = tray.reader_names()[0].clone();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let reader = Acr122u::new(Station::open(&tray, &name, Timing::None).unwrap());
        serve(listener.local_addr().unwrap(), tray.clone(), name.clone(), reader).unwrap();
        for _ in 0..2 {
            let uid = tray.swap(&name, Kind::Ntag213).unwrap();
            let (mut vpcd, _) = listener.accept().unwrap();
            vpcd.set_read_timeout(Some(SILENCE)).unwrap();
            say(&mut vpcd, &[1]);
            say(&mut vpcd, &[4]);
            assert_eq!(hear(&mut vpcd)[..2], [0x3B, 0x8F]);
            say(&mut vpcd, &[0xFF, 0xCA, 0, 0, 0]);
            assert_eq!(hear(&mut vpcd), [uid.bytes(), &[0x90, 0x00][..]].concat());
            // Without power a tag forgets that it was entered with a wrong password, and answers again.
            say(&mut vpcd, &[0xFF, 0x00, 0x00, 0x00, 0x07, 0xD4, 0x42, 0x1B, 1, 2, 3, 4]);
            hear(&mut vpcd);
            let asked = [0xFF, 0xB0, 0, 4, 4];
            say(&mut vpcd, &asked);
            assert_eq!(hear(&mut vpcd), [0x63, 0x00]);
            say(&mut vpcd, &[0]);
            say(&mut vpcd, &[1]);
            say(&mut vpcd, &asked);
            // The factory's page 4.
            assert_eq!(hear(&mut vpcd), [0x01, 0x03, 0xA0, 0x0C, 0x90, 0x00]);
            tray.lift(&name).unwrap();
            say(&mut vpcd, &[4]);
            assert_eq!(hear(&mut vpcd), [0; 0]);
            assert_eq!(vpcd.read(&mut [0]).unwrap(), 0);
        }
    }
}
