//! The simulated desk on the page: laying cards down and taking them away, tears on order, and a printer that runs out.
//! There in a trial or training with simulated devices only.

use super::{Act, Actor, Desk, Event, Stamp, devices};
use crate::back::encoder::simulated::{self, Hands};
use crate::back::settings::ReaderKind;
use crate::plan::chip::Uid;
use crate::plan::messages::Trouble;

pub use crate::back::encoder::simulated::TrayCard;
pub use crate::back::printer::Fault;

/// As many lifted cards as a page can list.
const LIFTED: usize = 6;

/// What lies where.
#[derive(Debug, Clone)]
pub struct Tray {
    pub lying: Option<TrayCard>,
    /// Lifted cards, the last one first.
    pub lifted: Vec<TrayCard>,
    /// A tear is ordered at the so-manieth exchange.
    pub tear_after: Option<u32>,
    /// `ok`, or the name of a printer's fault.
    pub media: &'static str,
    /// The readers are there.
    pub plugged: bool,
    /// The kind that is laid down by itself, `none` when nothing is.
    pub dispenser: &'static str,
    /// The kinds there are blanks of.
    pub kinds: Vec<&'static str>,
}

/// What the clerk does at the tray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrayAct {
    /// A new blank of this kind.
    LayNew(String),
    Lift,
    /// A lifted card, by its UID.
    Lay(String),
    /// Another blank in its place.
    Swap,
    /// Torn away at the n-th exchange from now.
    TearAfter(u32),
    /// The reader's plug pulled, and put back.
    Unplug,
    Plug,
    /// Something is wrong with the printer.
    Break(Fault),
    Refill,
}

/// The tray, or `None` where the devices are real.
pub fn tray(desk: &Desk) -> Result<Option<Tray>, Trouble> {
    if desk.stamp() == Stamp::Production || desk.settings.reader.kind != ReaderKind::Simulated {
        return Ok(None);
    }
    let mut picture = devices::simulation(desk)?.picture()?;
    picture.lifted.truncate(LIFTED);
    Ok(Some(Tray {
        lying: picture.lying,
        lifted: picture.lifted,
        tear_after: picture.tear_after,
        media: devices::printer(desk).fault().map_or("ok", Fault::as_str),
        plugged: picture.plugged,
        dispenser: desk.settings.simulator.dispensed(),
        kinds: simulated::kinds(),
    }))
}

/// Does it, and tells every page.
pub fn tray_do(desk: &Desk, actor: &Actor, act: &TrayAct) -> Result<(), Trouble> {
    actor.may(Act::Practise)?;
    if tray(desk)?.is_none() {
        return Err(Trouble::new("no-tray"));
    }
    let hands = match act {
        TrayAct::LayNew(kind) => Ok(Hands::LayNew(kind.clone())),
        TrayAct::Lift => Ok(Hands::Lift),
        TrayAct::Lay(uid) => Ok(Hands::Lay(Uid::parse(uid)?)),
        TrayAct::Swap => Ok(Hands::Swap),
        TrayAct::TearAfter(after) => Ok(Hands::TearAfter(*after)),
        TrayAct::Unplug => Ok(Hands::Unplug),
        TrayAct::Plug => Ok(Hands::Plug),
        TrayAct::Break(fault) => Err(Some(*fault)),
        TrayAct::Refill => Err(None),
    };
    match hands {
        Ok(hands) => {
            devices::simulation(desk)?.act(&hands)?;
            desk.tell(Event::Reader);
        }
        Err(fault) => {
            devices::printer(desk).set_fault(fault)?;
            desk.tell(Event::Printer);
        }
    }
    Ok(())
}
