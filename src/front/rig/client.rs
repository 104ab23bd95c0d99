//! `rig fault|unplug|plug|pcscd|signal|devices|stop`: asked of a rig that runs, at its control socket. Start at [`Ask::run`].

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::simulate::folder;
use crate::desk::{Settings, quoted};
use crate::plan::messages::Trouble;
use crate::simulator::control;

/// Where the rig is; a device is called by its number or its name, which is the tray's name for it as well.
#[derive(Args)]
pub struct At {
    /// The rig's folder; else rig, beside [simulator] folder
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum Ask {
    /// The running rig's devices, plugged in or not
    Devices {
        #[command(flatten)]
        at: At,
    },
    /// A link fault of a device, from its next command on; none ends it
    Fault {
        /// By number or by name
        device: String,
        /// stuck (no answer any more), late (the answer to the command before), no-escape (the driver passes no raw
        /// frames), mutate=N or mutate=N:SEED (N answers of 1000 garbled), status-bit7 (set in a PN532's status),
        /// slow=MS (before each answer), none
        #[arg(required = true)]
        words: Vec<String>,
        #[command(flatten)]
        at: At,
    },
    /// Pulls a device out
    Unplug {
        /// By number or by name
        device: String,
        #[command(flatten)]
        at: At,
    },
    /// Plugs a device in again
    Plug {
        /// By number or by name
        device: String,
        #[command(flatten)]
        at: At,
    },
    /// The last command that a reader's LED and buzzer got, hex
    Signal {
        /// By number or by name
        device: String,
        #[command(flatten)]
        at: At,
    },
    /// start, stop, restart or kill the rig's pcscd
    Pcscd {
        /// start, stop, restart or kill
        what: String,
        #[command(flatten)]
        at: At,
    },
    /// Ends the rig
    Stop {
        #[command(flatten)]
        at: At,
    },
}

impl Ask {
    pub fn run(self, settings: &Settings) -> Result<Value, Trouble> {
        let line = |at: &At| Wire(folder(settings, at.folder.as_deref()).join("control"));
        match self {
            Ask::Devices { at } => line(&at).devices(),
            Ask::Fault { device, words, at } => {
                let (wire, words) = (line(&at), words.join(" "));
                let (number, name) = wire.device(&device)?;
                wire.ask(&format!("fault {number} {words}"))?;
                Ok(json!({ "reader": name, "fault": words }))
            }
            Ask::Unplug { device, at } => line(&at).moved("unplug", &device, false),
            Ask::Plug { device, at } => line(&at).moved("plug", &device, true),
            Ask::Signal { device, at } => {
                let (number, name) = line(&at).device(&device)?;
                let signal = line(&at).ask(&format!("signal {number}"))?;
                Ok(json!({ "reader": name, "signal": Some(signal).filter(|signal| !signal.is_empty()) }))
            }
            Ask::Pcscd { what, at } => {
                line(&at).ask(&format!("pcscd {what}"))?;
                Ok(json!({ "pcscd": what }))
            }
            Ask::Stop { at } => {
                line(&at).ask("quit")?;
                Ok(json!({ "folder": folder(settings, at.folder.as_deref()) }))
            }
        }
    }
}

/// What the tray calls the first device of the rig that runs beside it, if one does.
pub(super) fn first(settings: &Settings) -> Option<String> {
    let names = Wire(folder(settings, None).join("control")).ask("tray").ok()?;
    serde_json::from_str::<Vec<String>>(&names).ok()?.into_iter().next()
}

/// The control socket's path.
struct Wire(PathBuf);

impl Wire {
    /// What stands after `ok`, or the refusal as a trouble.
    fn ask(&self, line: &str) -> Result<String, Trouble> {
        let folder = self.0.parent().unwrap_or(&self.0).display();
        let answer = control::ask(&self.0, line)
            .map_err(|e| Trouble::new("rig-absent").with("folder", folder).with("reason", e))?;
        let (word, rest) = answer.split_once(' ').unwrap_or((&answer, ""));
        if word == "ok" {
            return Ok(rest.to_owned());
        }
        let (code, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let text = quoted(text);
        Err(match code {
            "rig-device" => self.unknown(&text),
            "rig-fault" => Trouble::new("rig-fault").with("text", text),
            "rig-fault-kind" => Trouble::new("rig-fault-kind").with("text", text),
            "rig-no-pcscd" => Trouble::new("rig-no-pcscd"),
            "rig-pcscd" => Trouble::new("rig-pcscd").with("reason", text),
            "rig-plug" => Trouble::new("rig-plug").with("reason", text),
            _ => Trouble::new("rig-word").with("text", text),
        })
    }

    fn devices(&self) -> Result<Value, Trouble> {
        let list = self.ask("list")?;
        serde_json::from_str(&list)
            .map_err(|e| Trouble::new("rig-absent").with("folder", self.0.display()).with("reason", e))
    }

    /// A device's number and name, by whichever of its names.
    fn device(&self, called: &str) -> Result<(u64, String), Trouble> {
        let devices = self.devices()?;
        let number: Option<u64> = called.parse().ok();
        let devices = devices.as_array().map(Vec::as_slice).unwrap_or_default();
        let is =
            |device: &&Value| device["name"] == called || (number.is_some() && device["device"].as_u64() == number);
        let found = devices.iter().find(is);
        let found = found.and_then(|device| Some((device["device"].as_u64()?, device["name"].as_str()?.to_owned())));
        found.ok_or_else(|| self.unknown(&quoted(called)))
    }

    fn unknown(&self, called: &str) -> Trouble {
        let devices = self.devices().unwrap_or_default();
        let names = devices.as_array().into_iter().flatten().filter_map(|device| device["name"].as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        Trouble::new("rig-device").with("device", called).with("devices", names)
    }

    fn moved(&self, verb: &str, called: &str, plugged: bool) -> Result<Value, Trouble> {
        let (number, name) = self.device(called)?;
        self.ask(&format!("{verb} {number}"))?;
        Ok(json!({ "reader": name, "plugged": plugged }))
    }
}
