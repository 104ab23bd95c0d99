//! The ASCII mirror of NTAG21x: UID and NFC counter shown as text inside the user memory, which itself is not changed.
//!
//! NTAG213_215_216 rev. 3.2, section 8.7. That the UID is shown alone while the counter is off or hidden is not in the sheet
//! but in flipperzero-firmware (mf_ultralight_listener_i.c, after a genuine NTAG216). Pure. Start at [`mirror`].

use super::type2_config::Config;
use super::type2_map::{Map, PAGE};
use super::uid::Uid;

/// Overlays what the mirror shows on one page. `count`: the NFC counter, if it may be shown; else the UID is shown alone, or
/// nothing. A mirror that does not fit into the user memory shows nothing.
pub(super) fn mirror(map: &Map, config: Config, uid: Uid, count: Option<u32>, page: u8, bytes: &mut [u8; PAGE]) {
    let what = config.mirror >> 6;
    if what == 0 || config.mirror_page < 4 {
        return;
    }
    let start = usize::from(config.mirror_page) * PAGE + usize::from(config.mirror >> 4 & 0x03);
    let own = usize::from(page) * PAGE;
    // Table 12: UID 14 characters, counter 6, both with an x between them 21.
    let length = [0, 14, 6, 21][usize::from(what)];
    let end = start + length;
    if end > (usize::from(map.last_user()) + 1) * PAGE || own >= end || own + PAGE <= start {
        return;
    }
    let text = match (what, count) {
        (2, None) => return,
        (2, Some(count)) => format!("{count:06X}"),
        (3, Some(count)) => format!("{uid}x{count:06X}"),
        _ => uid.to_string(),
    };
    for (at, letter) in text.bytes().enumerate() {
        if let Some(byte) = (start + at).checked_sub(own).and_then(|i| bytes.get_mut(i)) {
            *byte = letter;
        }
    }
}
