//! `doctor [--fix [--yes]]`: shows what the desk's doctor found, and asks before each mend. It judges nothing.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal, Write};

use clap::Args;
use serde_json::{Value, json};

use super::{Done, answer};
use crate::desk::{self, CheckState, Finding, Mend, Settings};
use crate::plan::messages::{Lang, Messages, Trouble};

#[derive(Args)]
pub(super) struct Doctor {
    /// Mend what can be mended safely; asks before each
    #[arg(long)]
    fix: bool,
    /// With --fix: ask nothing
    #[arg(long)]
    yes: bool,
}

/// How the answer is spoken.
struct Tongue<'a> {
    messages: &'a Messages,
    lang: Lang,
    json: bool,
}

impl Doctor {
    /// Works with settings that cannot be read, too: then that is a finding.
    pub(super) fn run(self, settings: Result<Settings, Trouble>, messages: &Messages, lang: Lang, json: bool) -> Done {
        if self.yes && !self.fix {
            return Err(Trouble::new("doctor-yes"));
        }
        let tongue = Tongue { messages, lang, json };
        let doctor = desk::Doctor::here(settings);
        let mut findings = doctor.examine();
        if self.fix && !json {
            // What is asked about next is seen first.
            answer::put(tongue.text(&findings).as_bytes())?;
        }
        let mended = if self.fix { tongue.fix(&doctor, &findings, self.yes)? } else { BTreeMap::new() };
        if mended.values().any(|done| *done) {
            findings = doctor.examine();
        }
        let code = u8::from(findings.iter().any(|finding| finding.state == CheckState::Fail));
        if json {
            return Ok((Some(tongue.json(&findings, self.fix.then_some(&mended))), code));
        }
        if !self.fix || mended.values().any(|done| *done) {
            answer::put(tongue.text(&findings).as_bytes())?;
        }
        Ok((None, code))
    }
}

impl Tongue<'_> {
    fn word(&self, id: &str) -> String {
        self.messages.text(self.lang, id, &[])
    }

    /// The check's name in words: `Key file`.
    fn label(&self, check: &str) -> String {
        self.word(&format!("doctor-check-{check}"))
    }

    /// Mends what may be mended; by check, whether it was done.
    fn fix(
        &self,
        doctor: &desk::Doctor,
        findings: &[Finding],
        yes: bool,
    ) -> Result<BTreeMap<&'static str, bool>, Trouble> {
        let wanted: Vec<(&Finding, &Mend)> =
            findings.iter().filter_map(|finding| Some((finding, finding.mend.as_ref()?))).collect();
        let (rooted, ours): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(_, mend)| doctor.wants_root(mend));
        for (finding, _) in rooted {
            self.tell("doctor-root", finding.check);
        }
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        if !ours.is_empty() && !yes && !terminal {
            let commands: Vec<String> = ours.iter().map(|(_, mend)| mend.command()).collect();
            return Err(Trouble::new("doctor-ask").with("commands", commands.join("; ")));
        }
        let mut mended = BTreeMap::new();
        // One act may serve two checks, as starting pcscd does.
        let mut acts: Vec<(&Mend, bool)> = Vec::new();
        for (finding, mend) in ours {
            let before = acts.iter().find(|(act, _)| *act == mend).map(|(_, done)| *done);
            let done = match before {
                Some(done) => done,
                None => {
                    let agreed = yes || self.agrees(finding, mend);
                    let done = agreed && self.act(doctor, mend);
                    acts.push((mend, done));
                    done
                }
            };
            mended.insert(finding.check, done);
            if done {
                self.tell("doctor-mended", finding.check);
            }
        }
        Ok(mended)
    }

    /// A mend that fails keeps none of the others from being done; the second look shows what is left.
    fn act(&self, doctor: &desk::Doctor, mend: &Mend) -> bool {
        let done = doctor.mend(mend);
        if let Err(trouble) = &done
            && !self.json
        {
            answer::warn(self.messages, self.lang, std::slice::from_ref(trouble));
        }
        done.is_ok()
    }

    /// Asks on the terminal; anything but y is no.
    fn agrees(&self, finding: &Finding, mend: &Mend) -> bool {
        let args = [("what", finding.what(self.messages, self.lang)), ("command", mend.command())];
        let question = self.messages.text(self.lang, "doctor-ask", &args);
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "{question}").and_then(|()| err.flush());
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes" | "ㅛ" | "예")
    }

    fn tell(&self, id: &str, check: &'static str) {
        if !self.json {
            let said = self.messages.text(self.lang, id, &[("check", self.label(check))]);
            let _ = writeln!(std::io::stderr(), "{said}");
        }
    }

    fn json(&self, findings: &[Finding], mended: Option<&BTreeMap<&'static str, bool>>) -> Value {
        let row = |finding: &Finding| {
            let (what, help) = (finding.what(self.messages, self.lang), finding.help(self.messages, self.lang));
            let mut row = json!({
                "check": finding.check, "state": finding.state, "what": answer::one_line(&what),
                "help": lines(&help).join("\n"),
            });
            if let (Some(mended), Some(row)) = (mended, row.as_object_mut()) {
                row.insert("mended".to_owned(), mended.get(finding.check).copied().unwrap_or(false).into());
            }
            row
        };
        findings.iter().map(row).collect()
    }

    /// What is to be mended first, then what is to be looked at, then what is well; a finding has its mend below it.
    fn text(&self, findings: &[Finding]) -> String {
        let mut sorted: Vec<&Finding> = findings.iter().collect();
        sorted.sort_by_key(|finding| finding.state);
        let mut rows = Vec::new();
        for finding in &sorted {
            let state = self.word(&format!("doctor-state-{}", finding.state.as_str()));
            let what = answer::one_line(&finding.what(self.messages, self.lang));
            rows.push(vec![state, finding.check.to_owned(), what]);
            let help = lines(&finding.help(self.messages, self.lang));
            for (line, mark) in help.iter().zip(["→"].into_iter().chain(std::iter::repeat(" "))) {
                rows.push(vec![String::new(), String::new(), format!("{mark} {line}")]);
            }
        }
        let count = |state| findings.iter().filter(|finding| finding.state == state).count().to_string();
        let args =
            [("fails", count(CheckState::Fail)), ("warns", count(CheckState::Warn)), ("fine", count(CheckState::Ok))];
        let mut lines = answer::aligned(&rows);
        lines.push(self.messages.text(self.lang, "doctor-summary", &args));
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// The lines of a help: a sentence, or a sentence with commands below it.
fn lines(help: &str) -> Vec<String> {
    help.lines().map(answer::one_line).filter(|line| !line.is_empty()).collect()
}
