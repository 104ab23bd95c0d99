//! What the band says when the work stands still: the printer needs hands, something stopped it, the reader is lost, or somebody
//! else is at it. It names what is wrong, the first thing to do, and what is not lost. Start at [`stopped`].

use super::acts::Acts;
use super::{Say, words};
use crate::desk::JobView;
use crate::front::web::speech::Speech;

pub(super) fn printer_needs(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say {
        tone: "bad",
        pict: "printer-bad",
        then: words(s, view, "printer", "-then"),
        acts: vec![acts.primary("print", "web-act-print-again"), acts.later()],
        ..Say::default()
    };
    match view.trouble.as_ref().map(|trouble| (trouble.code.as_str(), trouble)) {
        Some(("printer-media-jam", _)) => {
            let then = words(s, view, "jam", "-then");
            Say { what: words(s, view, "jam", "-what"), loud: words(s, view, "jam", ""), then, ..say }
        }
        Some(("printer-ribbon-out", _)) => Say { what: s.t("web-say-ribbon-what"), loud: s.t("web-say-ribbon"), ..say },
        None | Some(("printer-media-empty", _)) => {
            Say { what: words(s, view, "empty", "-what"), loud: words(s, view, "empty", ""), ..say }
        }
        Some((_, trouble)) => say.helped(s.told_what(trouble), &s.told_help(trouble)),
    }
}

pub(super) fn stopped(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say {
        tone: "bad",
        pict: "stopped",
        what: s.t("web-say-stopped-what"),
        loud: s.t("web-say-stopped"),
        then: s.t("web-say-stopped-then"),
        acts: vec![acts.primary("resume", "web-act-resume"), acts.later()],
        ..Say::default()
    };
    match &view.trouble {
        // Nobody waits for it any more: that it goes on by itself would not be true.
        Some(trouble) if matches!(&*trouble.code, "reader-taken" | "reader-gone" | "pcscd-absent" | "pcscd-hung") => {
            Say {
                acts: acts.at_reader(vec![acts.primary("resume", "web-act-resume")]),
                ..Say { then: s.t("web-say-stopped-enter"), ..say.helped(s.told_what(trouble), &s.told_help(trouble)) }
            }
        }
        Some(trouble) if trouble.code.starts_with("reader-") => {
            let acts = acts.at_reader(vec![acts.primary("resume", "web-act-resume")]);
            Say { acts, ..say.helped(s.told_what(trouble), &s.told_help(trouble)) }
        }
        // Nothing has to be pressed: it goes on when what lies there is taken away.
        Some(trouble) if view.goes_on => {
            let say = say.helped(s.told_what(trouble), &s.told_help(trouble));
            Say { then: s.t("web-say-goes-on"), acts: vec![acts.later()], ..say }
        }
        Some(trouble) => say.helped(s.told_what(trouble), &s.told_help(trouble)),
        None => say,
    }
}

/// Nothing has to be pressed: the job goes on when the reader is there again.
pub(super) fn reader_lost(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say {
        tone: "bad",
        pict: "stopped",
        then: s.t("web-say-reader-lost-then"),
        acts: acts.at_reader(Vec::new()),
        ..Say::default()
    };
    match &view.trouble {
        Some(trouble) => {
            let mut say = Say { then: say.then.clone(), ..say.helped(s.told_what(trouble), &s.told_help(trouble)) };
            if trouble.code.starts_with("pcscd-") {
                say.acts.insert(0, acts.link("doctor", "/doctor".to_owned(), "doctor-link", ""));
            }
            say
        }
        None => say,
    }
}

/// Another desk or command, or another program at the reader: that one is named.
pub(super) fn elsewhere(s: Speech<'_>, view: &JobView, acts: &Acts<'_>) -> Say {
    let say = Say {
        pict: "stopped",
        what: s.t("web-say-elsewhere-what"),
        loud: s.t("web-say-elsewhere"),
        then: s.t("web-say-elsewhere-then"),
        acts: vec![acts.later()],
        ..Say::default()
    };
    match view.trouble.as_ref().filter(|trouble| trouble.code == "reader-taken") {
        Some(trouble) => Say {
            then: say.then.clone(),
            acts: acts.at_reader(Vec::new()),
            ..say.helped(s.told_what(trouble), &s.told_help(trouble))
        },
        None => say,
    }
}
