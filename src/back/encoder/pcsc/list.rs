//! Which readers there are, how they stand and where they are plugged in, without disturbing anybody. Start at [`survey`],
//! which asks pcscd, and [`listed`], which is pure.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::time::Duration;

use pcsc::{Attribute, Context, Disposition, Error, Protocols, ShareMode, State};

use crate::back::encoder::usb::Device;
use crate::back::encoder::{Listed, ReaderState};
use crate::plan::messages::Trouble;

/// As pcscd shows a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub name: String,
    pub state: State,
    /// Cards that came and went since it was plugged in.
    pub events: u32,
}

/// Ports by name, and the count of events at which they were last seen to be right: a lower one is another reader's.
pub(super) type Ports = BTreeMap<String, (u32, Option<String>)>;

/// libccid: `ACS ACR122U PICC Interface 00 00`; ACS's own driver: `ACS ACR122U 00 00`.
pub(super) fn is_acr122(name: &str) -> bool {
    name.contains("ACR122")
}

pub(super) fn names(context: &Context) -> Result<Vec<CString>, Error> {
    match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Ok(Vec::new()),
        names => names,
    }
}

/// Every reader, and the ports of those that are known or can be had now.
pub(super) fn survey(context: &Context, plugged: &[Device], known: Ports) -> Result<(Vec<Seen>, Ports), Error> {
    let names = names(context)?;
    let mut states: Vec<pcsc::ReaderState> =
        names.iter().map(|name| pcsc::ReaderState::new(name.clone(), State::UNAWARE)).collect();
    if !states.is_empty() {
        match context.get_status_change(Duration::ZERO, &mut states) {
            // One was unplugged in between: its state says so.
            Err(Error::Timeout | Error::UnknownReader) => {}
            done => done?,
        }
    }
    let seen: Vec<Seen> = names
        .iter()
        .zip(&states)
        .map(|(name, state)| Seen {
            name: name.to_string_lossy().into_owned(),
            state: state.event_state(),
            events: state.event_count(),
        })
        .collect();
    let ports = seen.iter().zip(&names).filter_map(|(reader, name)| {
        let port = match known.get(&reader.name).filter(|(events, _)| *events <= reader.events) {
            Some((_, port)) => port.clone(),
            None => match only(&seen, plugged) {
                Some(device) if is_acr122(&reader.name) => Some(device.port.clone()),
                // Nothing that it could be found at: a connection waits for a reader that is busy with its card.
                _ if plugged.is_empty() => None,
                // A connection, of whatever kind, keeps others from taking the reader for a moment.
                _ if reader.state.intersects(State::INUSE | State::EXCLUSIVE) => return None,
                _ => channel(context, name).and_then(|channel| {
                    plugged.iter().find(|device| device.is_at(channel)).map(|device| device.port.clone())
                }),
            },
        };
        Some((reader.name.clone(), (reader.events, port)))
    });
    let ports = ports.collect();
    Ok((seen, ports))
}

/// The one ACR122U that is plugged in, when pcscd knows one of them too.
fn only<'d>(seen: &[Seen], plugged: &'d [Device]) -> Option<&'d Device> {
    let mut devices = plugged.iter().filter(|device| device.is_acr122u());
    let device = devices.next()?;
    let alone = devices.next().is_none() && seen.iter().filter(|reader| is_acr122(&reader.name)).count() == 1;
    alone.then_some(device)
}

fn channel(context: &Context, name: &CString) -> Option<u32> {
    let card = context.connect(name, ShareMode::Direct, Protocols::UNDEFINED).ok()?;
    let mut buffer = [0; 8];
    let channel = card.get_attribute(Attribute::ChannelId, &mut buffer).ok();
    let channel = channel.and_then(|bytes| Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?)));
    let _ = card.disconnect(Disposition::LeaveCard);
    channel
}

/// The readers as they are shown: what pcscd has, and what it should have.
pub(super) fn listed(seen: &[Seen], ports: &Ports, plugged: &[Device]) -> Vec<Listed> {
    let mut found: Vec<Listed> = seen.iter().map(|reader| line(reader, ports)).collect();
    let acr122 = seen.iter().filter(|reader| is_acr122(&reader.name)).count();
    let devices = plugged.iter().filter(|device| device.is_acr122u());
    let lacking = devices.clone().count().saturating_sub(acr122);
    let unclaimed = devices.filter(|device| !found.iter().any(|line| line.port.as_ref() == Some(&device.port)));
    // Those held by the kernel first: what they lack is sure.
    let mut missed: Vec<&Device> = unclaimed.collect();
    missed.sort_by_key(|device| device.kernel_driver().is_none());
    let missed: Vec<Listed> = missed.into_iter().take(lacking).map(missing).collect();
    found.extend(missed);
    found
}

fn line(reader: &Seen, ports: &Ports) -> Listed {
    let port = ports.get(&reader.name).and_then(|(_, port)| port.clone());
    let state = match reader.state {
        state if state.intersects(State::UNKNOWN | State::UNAVAILABLE) => ReaderState::Gone,
        state if state.contains(State::EXCLUSIVE) => ReaderState::Taken,
        // A card that does not answer (MUTE) is a card.
        state if state.contains(State::PRESENT) => ReaderState::Card,
        state if state.contains(State::EMPTY) => ReaderState::Empty,
        _ => ReaderState::Stuck,
    };
    let code = match state {
        ReaderState::Gone => Some("reader-gone"),
        ReaderState::Stuck => Some("reader-stuck"),
        _ => None,
    };
    let trouble = code.map(|code| Trouble::new(code).with("reader", &reader.name));
    Listed { name: reader.name.clone(), state, uid: None, port, trouble }
}

/// A reader that is plugged in and that pcscd does not have: the kernel's own driver has it, or libccid before 1.6.2 gave it up
/// when the computer started.
fn missing(device: &Device) -> Listed {
    let name = format!("ACR122U {}", device.port);
    let trouble = match device.kernel_driver() {
        Some(module) => Trouble::new("reader-kernel").with("reader", &name).with("module", module),
        None => Trouble::new("reader-missed").with("port", &device.port),
    };
    Listed { name, state: ReaderState::Stuck, uid: None, port: Some(device.port.clone()), trouble: Some(trouble) }
}
